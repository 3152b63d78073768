"use strict";
const list = document.getElementById("requests");
const state = document.getElementById("state");
const kept = 200;
let last = 0;

// Everything that requests brought along becomes text, never markup.
function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function shown(request) {
  const details = element("details", request.status < 400 ? "" : "refused", "");
  const summary = element("summary", "", "");
  summary.append(
    element("span", "status", request.status),
    element("span", "path", `${request.method} ${request.path}`),
    element("span", "soft", [request.route, request.authorizer].filter(Boolean).join(" · ")),
    element("span", "soft", `${request.milliseconds.toFixed(1)} ms`),
    element("time", "soft", new Date(request.time * 1000).toLocaleTimeString()),
  );
  const steps = document.createElement("ol");
  for (const step of request.steps) {
    const line = element("li", step.passed ? "" : "no", "");
    line.append(element("span", "", step.name), element("span", "soft", step.detail));
    steps.append(line);
  }
  const ids = element("li", "", "");
  ids.append(element("span", "", "answered"), element("span", "soft", [
    request.api, request.failure, `request id ${request.request_id}`,
    `authorizer ${request.authorizer_milliseconds} ms`, `integration ${request.integration_milliseconds} ms`,
  ].filter(Boolean).join(" · ")));
  ids.classList.toggle("no", request.status >= 400);
  steps.append(ids);
  details.append(summary, steps);
  return details;
}

async function poll() {
  try {
    const response = await fetch(`trace.json?after=${last}`);
    const { requests, newest } = await response.json();
    if (newest < last) { last = 0; list.replaceChildren(); } // the gateway was started anew
    for (const request of requests) {
      if (request.number <= last) continue;
      last = request.number;
      list.prepend(shown(request));
    }
    while (list.children.length > kept) list.lastChild.remove();
    state.textContent = last ? `${last} request${last === 1 ? "" : "s"}, the newest first` : "waiting for requests";
  } catch {
    state.textContent = "the gateway does not answer";
  }
  setTimeout(poll, document.hidden ? 5000 : 1000);
}

poll();
