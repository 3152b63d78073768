"""Mapping templates: what they write, what is refused, and how much they may do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.apigateway.answers.templates import Rendered, Template, TemplateFailed, UnsupportedTemplate
from gatepost.apigateway.answers.templates.budget import MAX_TEXT
from gatepost.apigateway.exchange import Exchange, LambdaIdentity
from tests.apigateway.answers.exchanges import api, exchange, request

BODY = '{"name": "Rex", "age": 3, "tags": ["a", "b"], "owner": {"id": 1}, "o.d": null, "u": "é"}'


def _exchange(body: str = BODY) -> Exchange:
    made = exchange(
        api("REST"),
        request(query="scope=internal&id=9&x=a%20b", headers={"Origin": "https://app.example", "scope": "header"}),
    )
    made.identity = LambdaIdentity("me", {"plan": "gold"})
    return made


def _rendered(text: str, body: str = BODY) -> Rendered:
    return Template(text).render(_exchange(), body=body)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ('{ "statusCode": 200 }', '{ "statusCode": 200 }'),
        ("$context.httpMethod ${context.stage}!", "GET prod!"),
        ("$context.authorizer.plan/$context.authorizer.principalId/$context.authorizer.none.", "gold/me/."),
        ("$stageVariables.color $stageVariables['color'] $stageVariables.get('color')", "blue blue blue"),
        ("$stageVariables.none|$input.params('none')|$context.none", "||"),
        ("$input.params('scope') $input.params('id') $input.params('origin')", "internal 7 https://app.example"),
        ("$input.params().header.Origin", "https://app.example"),
        ("$input.params().header.get('Origin')", "https://app.example"),
        ("$input.params().querystring['x'] $input.params().path.id", "a b 7"),
        ("$input.body", BODY),
        ("$input.json('$.tags') $input.json('$.name') $input.json('$.none')", '["a","b"] "Rex" ""'),
        ("$input.json('$')", '{"name":"Rex","age":3,"tags":["a","b"],"owner":{"id":1},"o.d":null,"u":"é"}'),
        ("$input.path('$.name') $input.path('$.tags[1]') $input.path(\"$.owner['id']\")", "Rex b 1"),
        ("$input.path('$').owner.id $input.path('$.owner') $input.path('$.tags')", '1 {id=1} ["a","b"]'),
        ("$input.path('$.name').toUpperCase() $input.path('$.tags').size()", "REX 2"),
        ('$util.escapeJavaScript("it\'s a/b")', "it\\'s a\\/b"),
        ("$util.escapeJavaScript($input.path('$.u'))", "\\u00E9"),
        ("$util.base64Encode('abc') $util.base64Decode('YWJj')", "YWJj abc"),
        ("$util.urlEncode('a b/ü~*') $util.urlDecode('a+b%2F')", "a+b%2F%C3%BC%7E* a b/"),
        ("$util.parseJson('{\"a\": [1]}').a[0]", "1"),
        ("#set($a = 'x')$a $!a ${a}y $!{a}", "x x xy x"),
        ("$none $!none ${none.a} $!{none} $none.size()", "$none  ${none.a}  $none.size()"),
        ("\\$context.stage \\#if \\n \\", "$context.stage #if \\n \\"),
        ("costs $5 and #1 #fff #{x} $ # ", "costs $5 and #1 #fff #{x} $ # "),
        ("a## comment\nb#* more\n *#c #[[ $raw #if ]]#", "abc  $raw #if "),
        ("#set($x = 'a$b')$x", "a$b"),
        ('#set($b = 1)#set($x = "a$b ""q"" #if(true)c#end")$x', 'a1 "q" c'),
        ("#if(true)a#{else}b#end", "a"),
        ("#if($none)a#elseif('')b#else c#end", "b"),
        ("#if(false)a#elseif(null)b#else\nc\n#end\nd", "c\nd"),
        ("#if($input.params('scope') == \"internal\")200#{else}500#end", "200"),
        ("#if($input.params('none') == '')empty#end", "empty"),
        ("#if(1 < 2 && !(2 >= 3) || false)yes#end", "yes"),
        ("#if(1 lt 2 and not false or null)yes#end", "yes"),
        ("#if(1 == 1.0 && '1' == 1 && 'a' != 'b' && null == null && 'a' ne null)yes#end", "yes"),
        ("#set($n = 2 + 3 * 4 - 10 / 3 % 2)$n #set($n = -7 / 2)$n #set($n = (1 + 2) * 3)$n", "13 -3 9"),
        ("#set($s = 'a' + 1)$s", "a1"),
        ("#set($l = [1, 'b', [2]])$l[1] $l.get(2)[0] $l[9] $l.contains(1)", "b 2 $l[9] true"),
        ("#set($m = {'a': 1, \"b\": {'c': 2}})$m.a $m['b'].c $m.get('a') $m", "1 2 1 {a=1, b={c=2}}"),
        ("#foreach($i in [1..3])$i#if($foreach.hasNext),#end#end", "1,2,3"),
        ("#foreach($i in [3..1])$foreach.index$velocityCount$foreach.count#end", "011122233"),
        ("#foreach($k in $input.params().path.keySet())$k#end", "id"),
        ("#foreach($e in $input.path('$.owner').entrySet())$e.key=$e.getValue()#end", "id=1"),
        ("#foreach($v in $input.path('$.owner'))$v#end#foreach($v in 'text')never#end", "1"),
        ("#set($l = [])#foreach($i in [1..2])#set($_ = $l.add($i))#end$l.size()", "2"),
        ("#set($a = 'x')#set($a = $none)$a", "x"),
        ("#set($s = ' ab ')$s.trim().length() $s.indexOf('b') $s.replace('a', 'c') $s.substring(1, 2)", "2 2  cb  a"),
        (
            "#set($s = 'ab')$s.substring(5)|$s.contains('b')|$s.startsWith('b')|$s.concat('c')",
            "$s.substring(5)|true|false|abc",
        ),
        (
            "#set($m = {})#set($_ = $m.put('k', 1))$m.k $m.size() $m.isEmpty() $m.containsKey('k') $m.values()",
            "1 1 false true [1]",
        ),
        ("#set($l = ['a'])$l.isEmpty() $l.contains('b') $l.toString() $l.equals(['a'])", 'false false ["a"] true'),
        (
            "#set($s = 'aB')$s.toLowerCase() $s.equalsIgnoreCase('Ab') $s.endsWith('B') $s.isEmpty()",
            "ab true true false",
        ),
        ("#set($n = 1)$n.size() $n.k $n[0] #set($m = {'k': [{'j': null}]})$m", '$n.size() $n.k $n[0] {k=[{"j":null}]}'),
        ("$foreach.count", "$foreach.count"),
        ("#foreach($i in [0..1])$foreach.first $foreach.last #end", "true false false true "),
        ("#set($x = 1.5 * 2)$x #set($x = 7.0 % 4)$x #set($x = 'a' - 1)$x", "3.0 3.0 3.0"),
        ("$a[b] $context.stage[text", "$a[b] prod[text"),
    ],
)
def test_a_template_writes(text: str, written: str) -> None:
    assert _rendered(text).text == written


def test_a_directive_takes_the_rest_of_its_line_with_it() -> None:
    text = "{\n#set($a = 1)\n#if($a == 1)\n  a\n#else\n  b\n#end\n}"

    assert _rendered(text).text == "{\n  a\n}"


def test_a_template_may_override_the_response() -> None:
    text = (
        "#set($context.responseOverride.status = 403)"
        '#set($context.responseOverride.header.X-A = "$context.stage")'
        "#set($context.responseOverride.header['x-b'] = 1)body"
    )

    assert _rendered(text) == Rendered("body", 403, {"X-A": "prod", "x-b": "1"})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a\n#macro(x)#end", "line 2 of the template: #macro"),
        ("#parse('file')", "#parse is not supported"),
        ("#include('file')", "#include is not supported"),
        ("#evaluate('x')", "#evaluate is not supported"),
        ("#break", "#break is not supported"),
        ("#@call()", "#@call is not supported"),
        ("$input.body.class.forName('x')", "the method forName is not supported"),
        ("$x.getClass()", "the method getClass is not supported"),
        ("$x.replaceAll('a', 'b')", "the method replaceAll is not supported"),
        ("$x.matches('a')", "the method matches is not supported"),
        ("$x.size(1)", "size does not take 1 arguments"),
        ("$util.time.nowISO8601()", "of \\$util there are base64Decode\\(\\)"),
        ("$util", "of \\$util there are"),
        ("$util.urlEncode('a', 'b')", "of \\$util there are"),
        ("$input", "of \\$input there are body"),
        ("$input.bytes()", "of \\$input there are body"),
        ("$input.json('$..a')", "of JSONPath there are"),
        ("$input.path('$.a[?(@.b)]')", "of JSONPath there are"),
        ("$input.path('a')", "of JSONPath there are"),
        ("$input.json(1)", "of JSONPath there are"),
        ("#set($context.authorizer.x = 1)", "cannot be set"),
        ("#set($context.requestOverride.header.x = 1)", "cannot be set"),
        ("#set($input.body = 1)", "cannot be set"),
        ("#set($a.b = 1)", "cannot be set"),
        ("#foreach($context in [1])#end", "cannot be set"),
        ("#set($a)", "expected '='"),
        ("#set(1 = 1)", "expected a variable"),
        ("#set($a = )", "expected a value"),
        ("#set($a = 'x)", "without its closing quote"),
        ("#if(true)", "#if without #end"),
        ("#if(true)#else#else#end", "#else after #else"),
        ("#end", "#end without #if"),
        ("#foreach($a in [1])", "#foreach without #end"),
        ("#foreach($a of [1])#end", "expected 'in'"),
        ("${context.stage", "expected '}'"),
        ("#if((1)", "expected"),
        ("#if(" + "(" * 30 + "1" + ")" * 30 + ")#end", "nested more than"),
        ("#if(true)" * 30 + "#end" * 30, "nested more than"),
        ("x" * 300_001, "larger than 300000 bytes"),
    ],
)
def test_everything_else_is_refused_when_the_template_is_read(text: str, why: str) -> None:
    with pytest.raises(UnsupportedTemplate, match=why):
        Template(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("$input.json('$.a')", "not JSON"),
        ("$util.parseJson('{')", "not JSON"),
        ("$util.base64Decode('?')", "not base64"),
        ("#set($p = '$..a')$input.path($p)", "JSONPath that is not supported"),
        ("#set($a = 1 / 0)", "divides by zero"),
        ("#set($a = 900000000000000000)#set($a = $a * $a)", "too large"),
        ("#set($context.responseOverride.status = 'x')", "no status"),
        ("#foreach($i in [1..1001])#end", "range"),
        ("#foreach($i in [1..50])#foreach($j in [1..50])#end#end", "rounds"),
        ("#set($a = 'aaaaaaaaaa')" + '#set($a = "$a$a")' * 40, "characters"),
        ("#set($a = 'aa')" + "#set($a = $a.replace('a', $a))" * 40, "characters"),
        ("#set($a = [])#set($_ = $a.add($a))$a", "nested too deep"),
        ("#set($a = [])" + "#set($_ = $a.add($a))" * 5 + "$a", "nested too deep|steps|characters"),
    ],
)
def test_what_a_request_makes_impossible_fails(text: str, why: str) -> None:
    with pytest.raises(TemplateFailed, match=why):
        _rendered(text, "no json")


# Pieces that templates consist of, in any order: mostly wrong, and sometimes not.
_TEXTS = (
    "#set( ~#if( ~#elseif( ~#else~#end~#foreach( ~#[[~]]#~##~#*~*#~#~)~(~[~]~{~}~'~\"~\\~$~$!~${~ in ~=~==~&&~|| "
    "~+~-~*~/~%~!~<~..~,~:~.~1~9999999999~0.5~true~null~\n~a~$a~$b~$foreach.hasNext~[1..3]~['a', 1]~$context.stage"
    "~$input.body~$input.path('$')~$input.json('$.a')~$input.params()~.size()~.get('a')~.add($a)~.keySet()"
    "~$util.parseJson($a)~$util.urlEncode($a)~$stageVariables~.toString()~.substring(1)~'x'"
)
_PIECES = st.sampled_from(_TEXTS.split("~"))
_STATEMENTS = st.sampled_from(
    [
        "#set($a = $b)",
        "#set($a = [$a, $b])",
        "#set($b = {'k': $a})",
        '#set($a = "$a$b")',
        "#set($b = $a.concat($a))",
        "#set($_ = $a.add($a))",
        "#set($_ = $a.add($b))",
        "#set($_ = $b.put('k', $b))",
        "#set($a = $a * 3 + $b)",
        "#set($a = $a.toString())",
        "#set($a = [1..9])",
        "#set($a = 7)",
        "#set($b = 0.5)",
        "#set($a = $input.path('$'))",
        "#if($a == $b)x#{else}y#end",
        "#if($a < $b)x#end",
        "#foreach($x in $a)$x#set($b = $x)#end",
        "$a",
        "$b.size() $a.k",
        "$util.escapeJavaScript($a)",
        "$util.base64Encode($b)",
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=25).map("".join) | st.text(max_size=30), st.sampled_from(["", BODY, "[[1]]", "no"]))
def test_any_text_is_a_template_or_is_refused(text: str, body: str) -> None:
    try:
        template = Template(text)
    except UnsupportedTemplate:
        return
    _render_within_bounds(template, body)


@settings(deadline=None)
@given(st.lists(_STATEMENTS, max_size=30).map("\n".join), st.sampled_from(["{}", BODY, "[[1]]", '"x"']))
def test_no_template_writes_without_bounds(text: str, body: str) -> None:
    _render_within_bounds(Template(text), body)


def _render_within_bounds(template: Template, body: str) -> None:
    try:
        rendered = template.render(_exchange(), body=body)
    except TemplateFailed:
        return
    assert len(rendered.text) <= MAX_TEXT
