"""Which of several templates fits what a client accepts, or what it sent."""

_JSON = "application/json"


def choose(offered: tuple[str, ...], accept: str | None) -> str:
    """Return the media type that `Accept` names first, else `application/json`, else the first one.

    Qualities are not weighed, as API Gateway takes the first media type that it has.
    """
    if accept is not None and len(offered) > 1:
        known = {each.lower(): each for each in offered}
        for wanted in accept.split(","):
            media_type = known.get(bare(wanted))
            if media_type is not None:
                return media_type
    return _JSON if _JSON in offered else offered[0]


def bare(content_type: str) -> str:
    """Return a media type in lower case, without its parameters."""
    return content_type.partition(";")[0].strip().lower()
