"""The published API definition, and whether a request or an answer keeps to it."""

import copy
import json
import re
import urllib.parse
from dataclasses import dataclass

import jsonschema


class Violation(Exception):
    """A request that the definition does not allow, and the status such a one is answered with."""

    def __init__(self, reason, status=400):
        super().__init__(reason)
        self.status = status


@dataclass
class Call:
    """A request that keeps to the definition."""

    operation: "Operation"
    path_values: dict
    query: dict
    body: dict
    request: object
    peer: str = ""
    wrong_class: bool = False    # a fault: do nothing, and say another class than the one wanted


class Operation:
    """One method of one path."""

    def __init__(self, method, template, definition, schemas):
        self.method = method.upper()
        self.template = template
        self.id = definition["operationId"]
        self.permission = f"{definition['tags'][0]}:{self.id}"
        self.security = [name for rule in definition.get("security", []) for name in rule]
        parameters = definition.get("parameters", [])
        self._query = {item["name"]: item for item in parameters if item["in"] == "query"}
        self._path = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)))
        self._body = _body_validator(definition.get("requestBody"), schemas)
        self._answer = _answer_validator(definition, schemas)

    def path_values(self, path):
        """The values in the path, or None when it is another operation's."""
        found = self._path.fullmatch(path)
        if not found:
            return None
        return {name: urllib.parse.unquote(value) for name, value in found.groupdict().items()}

    def read_query(self, text):
        try:
            pairs = urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text),
                                           max_num_fields=20)
        except ValueError as error:
            raise Violation(f"query: {error}") from None
        query = dict(pairs)
        if len(query) != len(pairs):
            raise Violation("query: a parameter twice")
        for name in query:
            if name not in self._query:
                raise Violation(f"query: unknown parameter '{name}'")
        for name, parameter in self._query.items():
            _check_query_value(name, parameter, query)
        return query

    def read_body(self, request):
        if self._body is None:
            if request.body:
                raise Violation("body: none is defined for this operation")
            return None
        media = request.value("Content-Type").split(";")[0].strip().lower()
        if media != "application/json":
            raise Violation(f"Content-Type: '{media}' is not application/json")
        body = _strict_json(request.body)
        _check(self._body, body, "body")
        return body

    def check_answer(self, body):
        """A stand-in that leaves the definition itself is worth nothing: raises on our fault."""
        if self._answer is not None:
            _check(self._answer, body, "answer")


class Contract:
    """All operations of the definition."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        components = document["components"]
        schemas = {"components": components}
        self._headers = {name: scheme["name"]
                         for name, scheme in components["securitySchemes"].items()}
        self.operations = [Operation(method, template, definition, schemas)
                           for template, methods in document["paths"].items()
                           for method, definition in methods.items()]
        self.permissions = {operation.permission for operation in self.operations}

    def read(self, request):
        """Returns the Call that the request is; raises Violation."""
        operation, values = self._find(request)
        self._check_headers(operation, request)
        return Call(operation, values, operation.read_query(request.query),
                    operation.read_body(request), request)

    def operation(self, operation_id):
        return next(item for item in self.operations if item.id == operation_id)

    def _find(self, request):
        found = [(operation, values) for operation in self.operations
                 if (values := operation.path_values(request.path)) is not None]
        if not found:
            raise Violation(f"path: '{request.path}' is not defined", 404)
        for operation, values in found:
            if operation.method == request.method:
                return operation, values
        raise Violation(f"method: {request.method} is not defined for this path", 405)

    def _check_headers(self, operation, request):
        if len(request.values("Host")) != 1 and request.version_minor == 1:
            raise Violation("header: exactly one Host is needed")
        for name in ("Content-Type", "X-Soracom-Lang", *self._headers.values()):
            if len(request.values(name)) > 1:
                raise Violation(f"header: {name} twice")
        for scheme in operation.security:
            if not request.value(self._headers[scheme]):
                raise Violation(f"header: {self._headers[scheme]} is missing", 401)


def _check_query_value(name, parameter, query):
    if name not in query:
        if parameter.get("required"):
            raise Violation(f"query: '{name}' is missing")
        return
    schema = parameter["schema"]
    if schema["type"] == "integer" and not re.fullmatch(r"-?[0-9]{1,18}", query[name]):
        raise Violation(f"query: '{name}' is not an integer")
    if query[name] not in schema.get("enum", [query[name]]):
        raise Violation(f"query: '{name}' is none of {', '.join(schema['enum'])}")


def _validator(schema, schemas):
    # OpenAPI 3.0 took its schema language from draft 4 of JSON Schema.
    return jsonschema.Draft4Validator(schema, jsonschema.RefResolver("", schemas))


def _body_validator(request_body, schemas):
    """The definition says nothing of unknown keys; here they are a mistake of the client."""
    if request_body is None:
        return None
    name = request_body["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    schema = copy.deepcopy(schemas["components"]["schemas"][name])
    schema["additionalProperties"] = False
    return _validator(schema, schemas)


def _answer_validator(definition, schemas):
    content = definition["responses"].get("200", {}).get("content")
    return _validator(content["application/json"]["schema"], schemas) if content else None


def _check(validator, value, what):
    error = jsonschema.exceptions.best_match(validator.iter_errors(value))
    if error is None:
        return
    place = ".".join([what, *map(str, error.absolute_path)])
    # jsonschema's own message quotes the value, which here can be a password.
    hint = f": unknown key, or not one of {', '.join(validator.schema.get('properties', {}))}"
    raise Violation(f"{place}: breaks '{error.validator}'"
                    + (hint if error.validator == "additionalProperties" else ""))


def _strict_json(data):
    def pairs(items):
        if len(dict(items)) != len(items):
            raise ValueError("a key twice")
        return dict(items)

    def constant(name):
        raise ValueError(f"{name} is not JSON")

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        # Not the parser's text: it would quote nothing, but a future one might.
        raise Violation(f"body: not JSON ({type(error).__name__})") from None
