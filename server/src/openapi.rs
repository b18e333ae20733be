//! `GET /api/openapi.json`: the routes for other programs, as OpenAPI 3.1. A test compares it with the table of routes
//! both ways.

use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderMap, Response};
use serde_json::{Value, json};

use crate::extract::{Nothing, QueryOf};
use crate::reads::cache::Encoded;

/// The paths of the document whose names differ from the router's, because a parameter there is a whole segment.
pub const RENAMED: [(&str, &str); 4] = [
    ("/calendar/own/{feed}", "/calendar/own/{key}.ics"),
    ("/calendar/{feed}", "/calendar/{community}.ics"),
    ("/calendar/team/{feed}", "/calendar/team/{id}.ics"),
    ("/calendar/date/{feed}", "/calendar/date/{id}.ics"),
];

/// Serves the document.
pub async fn document(_: QueryOf<Nothing>, headers: HeaderMap) -> Response<Body> {
    static DOCUMENT: OnceLock<Encoded> = OnceLock::new();
    let encoded = DOCUMENT.get_or_init(|| Encoded::new(build().to_string()));
    crate::reads::json(encoded, &headers)
}

fn answer(description: &str, schema: Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn page(summary: &str, parameters: &[Value]) -> Value {
    let html = json!({ "description": "A page.", "content": { "text/html": { "schema": { "type": "string" } } } });
    json!({ "get": { "summary": summary, "parameters": parameters, "responses": { "200": html, "404": html } } })
}

fn problems(statuses: &[&str]) -> serde_json::Map<String, Value> {
    let problem = || json!({ "$ref": "#/components/responses/Problem" });
    statuses.iter().map(|status| ((*status).to_owned(), problem())).collect()
}

fn read(summary: &str, parameters: &[Value], schema: Value) -> Value {
    let mut responses = problems(&["404", "422", "503"]);
    responses.insert("200".to_owned(), answer("The answer.", schema));
    json!({ "get": { "summary": summary, "parameters": parameters, "responses": responses } })
}

fn live_answers(events: Value) -> serde_json::Map<String, Value> {
    let mut responses = problems(&["404", "422", "503"]);
    responses.insert("200".to_owned(), events);
    responses
}

fn write(summary: &str, body: Value, success: (&str, Value), more: &[&str]) -> Value {
    let mut responses = problems(&["400", "403", "413", "415", "422", "503"]);
    responses.extend(problems(more));
    responses.insert(success.0.to_owned(), success.1);
    let header = json!({
        "name": "x-lifehub", "in": "header", "required": true, "schema": { "const": "1" },
        "description": "Shows that no form and no foreign page made the request."
    });
    json!({ "post": {
        "summary": summary,
        "parameters": [header],
        "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
        "responses": responses
    } })
}

fn query(name: &str, schema: Value, required: bool) -> Value {
    json!({ "name": name, "in": "query", "required": required, "schema": schema })
}

fn in_path(name: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}

fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

fn closed(required: &[&str], properties: Value) -> Value {
    let mut schema = object(required, properties);
    schema["additionalProperties"] = false.into();
    schema
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// The whole document.
#[must_use]
pub fn build() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Life Hub",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Public reads for other programs, signing in, and the one route that changes things. \
                            Problems are application/problem+json; match on `code`."
        },
        "paths": paths(),
        "components": {
            "schemas": schemas(),
            "responses": { "Problem": {
                "description": "Not as asked.",
                "content": { "application/problem+json": { "schema": refer("Problem") } }
            } },
            "securitySchemes": { "session": { "type": "apiKey", "in": "cookie", "name": "__Host-sid" } }
        }
    })
}

fn calendar(summary: &str, parameters: &[Value]) -> Value {
    let mut responses = problems(&["404", "422", "503"]);
    let content = json!({ "text/calendar": { "schema": { "type": "string" } } });
    responses.insert("200".to_owned(), json!({ "description": "The calendar.", "content": content }));
    responses.insert("304".to_owned(), json!({ "description": "Not changed." }));
    json!({ "get": { "summary": summary, "parameters": parameters, "responses": responses } })
}

fn paths() -> Value {
    let community = || refer("CommunityId");
    let (date, uuid) = (|| json!({ "type": "string", "format": "date" }), || refer("Uuid"));
    let signed_in = || answer("Signed in; the cookie is set.", refer("SignedIn"));
    let plain = |description: &str| json!({ "description": description });
    let text = |kind: &str| {
        let mut content = serde_json::Map::new();
        content.insert(kind.to_owned(), json!({ "schema": { "type": "string" } }));
        json!({ "description": "The answer.", "content": content })
    };
    json!({
        "/": page("The communities.", &[]),
        "/c/{community}": page("The activities of a community.", &[in_path("community", community())]),
        "/a/{id}": page("One date of an activity; an activity's id leads to its next date.", &[in_path("id", uuid())]),
        "/a/{id}/poster": page("One date to print and pin up.", &[in_path("id", uuid())]),
        "/a/{id}/code.svg": { "get": {
            "summary": "The address of a date as a QR code.",
            "parameters": [in_path("id", uuid())],
            "responses": {
                "200": text("image/svg+xml"),
                "304": plain("Not changed."),
                "404": { "$ref": "#/components/responses/Problem" }
            }
        } },
        "/s/{id}": page("One space.", &[in_path("id", uuid())]),
        "/api/session": read("Who is signed in here.", &[], refer("Session")),
        "/api/login/challenge": write(
            "Ask for a code. The answer is the same for every number.",
            closed(&["phone"], json!({ "phone": { "type": "string", "maxLength": 64 } })),
            ("202", answer("A code is on its way.", refer("Challenge"))),
            &["429"]
        ),
        "/api/login/verify": write(
            "Hand a code in. A newcomer also says a name and a community (422 `name-needed`).",
            closed(&["challenge", "code"], json!({
                "challenge": uuid(),
                "code": { "type": "string", "pattern": "^[0-9]{6}$" },
                "name": { "type": "string", "maxLength": domain::text::PersonName::MAX },
                "home": community(),
                "shared": { "type": "boolean" }
            })),
            ("200", signed_in()),
            &["401", "429"]
        ),
        "/api/logout": write("End the session.", closed(&[], json!({ "clear": { "type": "boolean" } })), ("204", plain("It is ended.")), &[]),
        "/api/demo/people": read("The people of a demonstration.", &[], list(refer("DemoPerson"))),
        "/api/demo/login": write(
            "Be one of them.",
            closed(&["role"], json!({ "role": { "type": "string" }, "shared": { "type": "boolean" } })),
            ("200", signed_in()),
            &["404"]
        ),
        "/api/sync": write(
            "Commands in, rows out: the one route that changes things. See docs/sync.md.",
            refer("SyncRequest"),
            ("200", answer("Answers and rows.", refer("SyncReply"))),
            &["401", "426"]
        ),
        "/api/live": { "get": {
            "summary": "Server-sent events that hint at changes of streams: `hint`, `ping`, `bye`. See docs/api.md.",
            "parameters": [query("streams", json!({
                "type": "string", "description": "1 to 16 streams, separated by commas.", "examples": ["c:banzha"]
            }), true)],
            "responses": live_answers(text("text/event-stream"))
        } },
        "/api/communities": read("The communities of the district.", &[], list(refer("Community"))),
        "/api/occurrences": read(
            "The dates of a community, at most 62 days.",
            &[query("community", community(), true), query("from", date(), true), query("to", date(), true)],
            refer("Occurrences")
        ),
        "/api/spaces": read(
            "The spaces of a community with their terms and hours.",
            &[query("community", community(), true)],
            object(&["community", "spaces"], json!({ "community": community(), "spaces": list(refer("Space")) }))
        ),
        "/api/spaces/{id}/availability": read(
            "The times of a space by day, at most 14 days.",
            &[
                in_path("id", uuid()),
                query("from", date(), true),
                query("to", date(), true),
                query("minutes", json!({ "type": "integer", "minimum": 15, "maximum": 1440, "multipleOf": 15 }), false)
            ],
            refer("Availability")
        ),
        "/api/places/{id}": read(
            "The community in which a date or a space lies; an activity's id leads to its next date.",
            &[in_path("id", uuid())],
            object(&["id", "community"], json!({ "id": uuid(), "community": community() }))
        ),
        "/api/series/plan": write(
            "For a team: what an edit of a series would do, and to whom; it changes nothing. See docs/series.md.",
            json!({ "type": "object" }),
            ("200", answer("The plan, or why there is none.", json!({ "type": "object" }))),
            &["401", "404"]
        ),
        "/api/duties": read(
            "For staff: how far communities have come with the monthly three in a year; of one, or of all for the \
             district's. With form=csv a file.",
            &[
                query("year", json!({ "type": "integer", "minimum": 2020, "maximum": 2100 }), true),
                query("community", community(), false),
                query("form", json!({ "enum": ["json", "csv"] }), false),
                query("language", json!({ "enum": ["zh-CN", "en"] }), false)
            ],
            refer("DutyBoard")
        ),
        "/api/numbers": read(
            "For the district's staff: what was held in a year, heads and different residents, by month, community and \
             team. With form=csv a file.",
            &[
                query("year", json!({ "type": "integer", "minimum": 2020, "maximum": 2100 }), true),
                query("form", json!({ "enum": ["json", "csv"] }), false),
                query("language", json!({ "enum": ["zh-CN", "en"] }), false)
            ],
            refer("Numbers")
        ),
        "/api/openapi.json": read("This document.", &[], json!({ "type": "object" })),
        "/calendar/{community}.ics": calendar(
            "A community's activities for calendar programs, one event per date; with `category` those of one kind.",
            &[in_path("community", community()), query("category", json!({ "type": "string", "examples": ["opera"] }), false)]
        ),
        "/calendar/own/{key}.ics": calendar(
            "Somebody's own sign-ups and bookings, for whoever has the address that their phone made.",
            &[in_path("key", json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" }))]
        ),
        "/calendar/team/{id}.ics": calendar("A team's activities, one event per date.", &[in_path("id", uuid())]),
        "/calendar/date/{id}.ics": calendar("One date, to be put into a calendar.", &[in_path("id", uuid())]),
        "/livez": read("The process answers.", &[], refer("Health")),
        "/readyz": read("The database answers.", &[], refer("Health")),
        "/metrics": { "get": {
            "summary": "Figures in Prometheus' text form, for the machine itself or with a token.",
            "responses": { "200": text("text/plain"), "404": { "$ref": "#/components/responses/Problem" } }
        } }
    })
}

fn schemas() -> Value {
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": "integer" });
    let instant = || json!({ "type": "string", "format": "date-time" });
    let mut schemas = json!({
        "Uuid": { "type": "string", "format": "uuid" },
        "CommunityId": { "type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,22}[a-z0-9]$" },
        "Problem": object(&["type", "title", "status", "code", "request_id"], json!({
            "type": text(), "title": text(), "status": number(), "code": text(), "request_id": text(),
            "fields": list(object(&["pointer", "code"], json!({ "pointer": text(), "code": text() }))),
            "tries_left": number(), "retry_after_s": number(), "reference": text()
        })),
        "Session": object(&["account", "shared", "demo", "build", "server_at"], json!({
            "account": { "type": ["string", "null"], "format": "uuid" },
            "shared": { "type": "boolean" }, "demo": { "type": "boolean" }, "build": text(), "server_at": number()
        })),
        "Challenge": object(&["challenge", "resend_after_s"], json!({
            "challenge": refer("Uuid"), "resend_after_s": number(), "demo_code": text()
        })),
        "SignedIn": object(&["account", "is_new"], json!({ "account": refer("Uuid"), "is_new": { "type": "boolean" } })),
        "DemoPerson": object(&["role", "name", "about"], json!({ "role": text(), "name": text(), "about": text() })),
        "Community": object(&["id", "name", "english_name"], json!({
            "id": refer("CommunityId"), "name": text(), "english_name": text(), "phone": text()
        })),
        "Health": object(&["status", "build"], json!({ "status": text(), "build": text() }))
    });
    let more = json!({
        "Occurrences": object(&["community", "from", "to", "occurrences"], json!({
            "community": refer("CommunityId"),
            "from": { "type": "string", "format": "date" },
            "to": { "type": "string", "format": "date" },
            "occurrences": list(refer("Occurrence"))
        })),
        "Occurrence": object(
            &["id", "activity", "title", "category", "team", "start", "end", "place", "audience", "policy", "sequence"],
            json!({
                "id": refer("Uuid"), "activity": refer("Uuid"), "title": text(), "category": text(),
                "team": object(&["id"], json!({ "id": refer("Uuid"), "name": text() })),
                "start": instant(), "end": instant(), "place": text(), "space": refer("Uuid"),
                "audience": { "type": "object" }, "policy": { "type": "object" },
                "seats": object(&["capacity", "taken", "waiting_parties", "waiting_heads"], json!({
                    "capacity": { "type": ["integer", "null"] }, "taken": number(),
                    "waiting_parties": number(), "waiting_heads": number()
                })),
                "cancelled": object(&["at"], json!({ "at": instant(), "reason": text() })),
                "sequence": number()
            })
        ),
        "Space": object(&["id", "name", "kind", "address", "policy", "hours"], json!({
            "id": refer("Uuid"), "name": text(), "kind": text(), "address": text(), "access": text(), "about": text(),
            "phone": text(), "hosts": list(text()), "policy": { "type": "object" },
            "hours": list(list(object(&["from", "to"], json!({ "from": number(), "to": number() })))),
            "closures": list(json!({ "type": "object" }))
        })),
        "Availability": object(&["space", "minutes", "days"], json!({
            "space": refer("Uuid"), "minutes": number(),
            "days": list(object(&["date", "slots"], json!({
                "date": { "type": "string", "format": "date" },
                "slots": list(object(&["start", "end", "state"], json!({
                    "start": instant(), "end": instant(), "state": { "enum": ["free", "taken", "too_soon", "too_far"] },
                    "heads_left": number()
                })))
            })))
        })),
        "DutyBoard": object(&["year", "communities"], json!({
            "year": number(),
            "communities": list(object(&["community", "name", "english_name", "cells"], json!({
                "community": refer("CommunityId"), "name": text(), "english_name": text(),
                "cells": list(object(&["duty", "month", "state", "published", "held", "evidenced", "heads"], json!({
                    "duty": { "enum": ["moral_review", "council", "policy_talk"] }, "month": text(),
                    "state": { "enum": [
                        "not_planned", "published", "unreported", "held", "evidenced", "late", "exempt"
                    ] },
                    "published": number(), "held": number(), "evidenced": number(), "heads": number(),
                    "on": { "type": "string", "format": "date" }, "exempt": text()
                })))
            })))
        })),
        "Figures": object(&["held", "heads", "residents"], json!({
            "held": number(), "heads": number(), "residents": number()
        })),
        "Numbers": object(&["year", "all", "months", "communities", "teams"], json!({
            "year": number(), "all": refer("Figures"),
            "months": list(object(&["month", "figures"], json!({ "month": text(), "figures": refer("Figures") }))),
            "communities": list(object(&["name", "figures"], json!({ "name": text(), "figures": refer("Figures") }))),
            "teams": list(object(&["name", "figures"], json!({
                "name": text(), "of": text(), "figures": refer("Figures")
            })))
        })),
        "SyncRequest": closed(&["proto"], json!({
            "proto": { "const": domain::sync::PROTOCOL }, "device": refer("Uuid"),
            "commands": { "type": "array", "maxItems": domain::sync::limits::COMMANDS_MAX },
            "pulls": {
                "type": "array", "maxItems": domain::sync::limits::PULLS_MAX,
                "items": closed(&["stream"], json!({ "stream": text(), "cursor": text(), "checksum": text() }))
            },
            "known": {
                "type": "array", "maxItems": domain::sync::limits::KNOWN_MAX + 1,
                "items": closed(&["id", "seq"], json!({ "id": refer("Uuid"), "seq": number() }))
            }
        })),
        "SyncReply": object(&["proto", "server_at", "answers", "pulls"], json!({
            "proto": number(), "server_at": number(),
            "answers": list(json!({ "type": "object" })), "pulls": list(json!({ "type": "object" })),
            "unknown": list(refer("Uuid"))
        }))
    });
    if let (Some(schemas), Value::Object(more)) = (schemas.as_object_mut(), more) {
        schemas.extend(more);
    }
    schemas
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::router::ROUTES;

    fn renamed(path: &str) -> String {
        let told = RENAMED.iter().find(|(ours, _)| *ours == path).map(|(_, told)| *told);
        told.unwrap_or(path).to_owned()
    }

    #[test]
    fn the_document_and_the_router_name_the_same_routes() {
        let routed: BTreeSet<(String, String)> =
            ROUTES.iter().map(|row| (renamed(row.path), row.method.as_str().to_lowercase())).collect();
        let document = build();
        let told: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .expect("paths")
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().expect("methods").keys().map(move |method| (path.clone(), method.clone()))
            })
            .collect();
        assert_eq!(routed, told);
    }

    #[test]
    fn the_page_for_people_and_the_router_name_the_same_routes() {
        let page = include_str!("../../docs/api.md");
        let told: BTreeSet<(String, String)> = page
            .split('`')
            .skip(1)
            .step_by(2)
            .filter_map(|code| {
                let (method, address) = code.split_once(' ')?;
                let path = address.split('?').next()?;
                (matches!(method, "GET" | "POST") && path.starts_with('/'))
                    .then(|| (path.to_owned(), method.to_lowercase()))
            })
            .collect();
        let is_for_programs =
            |path: &str| !["/", "/c/{community}", "/a/{id}", "/a/{id}/poster", "/s/{id}"].contains(&path);
        let routed: BTreeSet<(String, String)> = ROUTES
            .iter()
            .filter(|row| is_for_programs(row.path))
            .map(|row| (renamed(row.path), row.method.as_str().to_lowercase()))
            .collect();
        assert_eq!(routed, told);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk(value: &Value, document: &Value) {
            match value {
                Value::Object(fields) => {
                    if let Some(Value::String(target)) = fields.get("$ref") {
                        assert!(document.pointer(&target[1..]).is_some(), "{target}");
                    }
                    fields.values().for_each(|value| walk(value, document));
                }
                Value::Array(items) => items.iter().for_each(|value| walk(value, document)),
                _ => {}
            }
        }
        let document = build();
        walk(&document, &document);
    }

    #[test]
    fn every_parameter_in_a_path_is_declared() {
        for (path, methods) in build()["paths"].as_object().expect("paths") {
            let in_path: BTreeSet<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
            for method in methods.as_object().expect("methods").values() {
                let parameters = method["parameters"].as_array().cloned().unwrap_or_default();
                let declared: BTreeSet<&str> =
                    parameters.iter().filter(|p| p["in"] == "path").filter_map(|p| p["name"].as_str()).collect();
                assert_eq!(in_path, declared, "{path}");
            }
        }
    }
}
