//! The generator's promises: lines of JSON in the vendors' shapes, the same bytes for the same seed, and a
//! truth that agrees with what the lines say when someone else parses them.

mod schema;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::Value;

use super::{Entries, Kind, Spec, Window};

fn spec(kind: Kind, entries: u64) -> Spec {
    Spec { kind, entries, seed: 1, window: Window::DEFAULT, store: None, denied: 0 }
}

fn lines(spec: &Spec) -> Vec<Vec<u8>> {
    Entries::new(spec).collect()
}

fn values(spec: &Spec) -> Vec<Value> {
    lines(spec).iter().map(|line| serde_json::from_slice(line).unwrap()).collect()
}

fn truth(spec: &Spec) -> Value {
    let mut entries = Entries::new(spec);
    while entries.advance().is_some() {}
    entries.truth().to_json()
}

/// Reference material beside the checkout, or `None` with a printed reason.
fn shared(path: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: the reference material {} is not here", path.display());
    None
}

fn read(path: PathBuf) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn time_field(kind: Kind) -> &'static str {
    match kind {
        Kind::Auth0 => "date",
        Kind::Fga | Kind::CerbosAccess | Kind::CerbosDecision => "timestamp",
        Kind::Event => "occurred_at",
    }
}

fn id_field(kind: Kind) -> &'static str {
    match kind {
        Kind::Auth0 => "log_id",
        Kind::Fga | Kind::Event => "id",
        Kind::CerbosAccess | Kind::CerbosDecision => "callId",
    }
}

/// How often each value of a top-level or nested text or number occurs, absent ones left out.
fn tally(values: &[Value], pointer: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for value in values.iter().filter_map(|value| value.pointer(pointer)) {
        let key = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        *counts.entry(key).or_default() += 1;
    }
    counts
}

fn counted(truth: &Value, group: &str) -> BTreeMap<String, u64> {
    serde_json::from_value(truth["counts"][group].clone()).unwrap()
}

#[test]
fn an_entry_is_one_line_of_about_a_kilobyte() {
    for kind in Kind::value_variants() {
        let lines = lines(&spec(*kind, 5000));
        assert_eq!(lines.len(), 5000);
        for line in &lines {
            assert!(!line.contains(&b'\n'));
            let value: Value = serde_json::from_slice(line).unwrap();
            assert!(value.is_object(), "{value}");
        }
        let mean = lines.iter().map(Vec::len).sum::<usize>() / lines.len();
        assert!((900..=1200).contains(&mean), "{kind:?}: {mean} bytes an entry");
    }
}

#[test]
fn text_comes_in_every_spelling_that_json_has() {
    for kind in Kind::value_variants() {
        let text = String::from_utf8(lines(&spec(*kind, 5000)).join(&b'\n')).unwrap();
        for part in ["ü", "\\u00", "\\/", "é"] {
            assert!(text.contains(part), "{kind:?} has no {part}");
        }
    }
    for kind in [Kind::Auth0, Kind::CerbosAccess, Kind::Event] {
        let text = String::from_utf8(lines(&spec(kind, 5000)).join(&b'\n')).unwrap();
        for part in ["\\\"", "\\\\", "\\ud83"] {
            assert!(text.contains(part), "{kind:?} has no {part}");
        }
    }
}

/// FNV-1a, 64 bits: enough to notice that the bytes changed.
fn hash(lines: &[Vec<u8>]) -> u64 {
    lines.iter().flatten().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Published numbers and tests elsewhere rest on these bytes: whoever changes them means to.
#[test]
fn the_same_seed_gives_the_same_bytes_everywhere() {
    let hashes: Vec<_> =
        Kind::value_variants().iter().map(|kind| hash(&lines(&spec(*kind, 500)))).collect();
    assert_eq!(
        hashes,
        [
            0x2e75_1e87_3872_ff20,
            0xdab7_e22a_5188_fa06,
            0x27e0_2df0_b217_6b98,
            0x126a_3ab7_6fca_4cf5,
            0x10e4_17d0_a5fc_da22,
        ],
        "{hashes:#018x?}"
    );
    for kind in Kind::value_variants() {
        let other = Spec { seed: 2, ..spec(*kind, 500) };
        assert_ne!(hash(&lines(&spec(*kind, 500))), hash(&lines(&other)));
    }
}

#[test]
fn ids_rise_and_times_stay_in_the_window() {
    let windows = [
        (None, None),
        (Some("2024-02-28T23:59:00Z"), Some("2024-03-01T00:01:00+00:00")),
        (Some("2026-12-31T23:59:59.990Z"), Some("2027-01-01T00:00:00.005Z")),
    ];
    for kind in Kind::value_variants() {
        for (start, end) in windows {
            let window = Window::parse(start, end).unwrap();
            let values = values(&Spec { window, ..spec(*kind, 2000) });
            let ids: Vec<&str> =
                values.iter().map(|value| value[id_field(*kind)].as_str().unwrap()).collect();
            assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{kind:?}");
            for value in &values {
                let time = value[time_field(*kind)].as_str().unwrap();
                let at = time.parse::<jiff::Timestamp>().unwrap().as_millisecond();
                assert!((window.start..window.end).contains(&at), "{kind:?} {time}");
            }
        }
    }
}

#[test]
fn a_run_has_as_many_entries_as_asked_for() {
    for kind in Kind::value_variants() {
        for entries in [0, 1, 2, 7, 40] {
            assert_eq!(lines(&spec(*kind, entries)).len() as u64, entries, "{kind:?}");
            assert_eq!(truth(&spec(*kind, entries))["entries"], entries, "{kind:?}");
        }
    }
}

#[test]
fn the_truth_agrees_with_the_lines() {
    for kind in Kind::value_variants() {
        let spec = spec(*kind, 4000);
        let (values, truth) = (values(&spec), truth(&spec));
        let times: Vec<&str> =
            values.iter().map(|value| value[time_field(*kind)].as_str().unwrap()).collect();
        assert_eq!(truth["first"], **times.iter().min().unwrap());
        assert_eq!(truth["last"], **times.iter().max().unwrap());
        let mut hours = BTreeMap::new();
        for time in &times {
            *hours.entry(time.get(..13).unwrap().to_owned()).or_default() += 1;
        }
        let said: BTreeMap<String, u64> = serde_json::from_value(truth["hours"].clone()).unwrap();
        assert_eq!(said, hours, "{kind:?}");
        let tallies = match kind {
            Kind::Auth0 => &["type", "connection", "client_name"][..],
            Kind::Fga => &["status_code"],
            Kind::CerbosAccess => &["method"],
            Kind::CerbosDecision => &[],
            Kind::Event => &["type", "app_id", "outcome"],
        };
        for name in tallies {
            let mut tally = tally(&values, &format!("/{name}"));
            tally.remove("null");
            assert_eq!(counted(&truth, name), tally, "{kind:?} {name}");
        }
    }
}

#[test]
fn auth0_logins_users_and_scopes_are_counted() {
    let spec = spec(Kind::Auth0, 6000);
    let (values, truth) = (values(&spec), truth(&spec));
    let types = tally(&values, "/type");
    let of = |codes: &[&str]| codes.iter().filter_map(|code| types.get(*code)).sum::<u64>();
    assert_eq!(truth["counts"]["login"]["failed"], of(&["f", "fp", "fu"]));
    assert_eq!(truth["counts"]["login"]["succeeded"], of(&["s"]));
    let prefixed: u64 =
        types.iter().filter(|(code, _)| code.starts_with('f')).map(|(_, count)| count).sum();
    assert_eq!(truth["counts"]["type_prefix"]["f"], prefixed);
    let attack = tally(&values, "/ip")["203.0.113.66"];
    assert_eq!(truth["counts"]["ip"]["203.0.113.66"], attack);
    let users: HashSet<_> = values
        .iter()
        .filter_map(|value| value["user_id"].as_str())
        .filter(|id| !id.is_empty())
        .collect();
    assert_eq!(truth["distinct"]["users"], users.len());
    let arrays = values.iter().filter(|value| value["scope"].is_array()).count();
    let strings = values.iter().filter(|value| value["scope"].is_string()).count();
    assert_eq!(truth["counts"]["scope"]["array"], arrays);
    assert_eq!(truth["counts"]["scope"]["string"], strings);
    assert!(values.iter().any(|value| value["details"].is_string()));
    assert!(values.iter().any(|value| value["details"].is_null()));
    assert!(values.iter().any(|value| value["connection"].is_null()));
    assert!(values.iter().all(|value| value["_id"] == value["log_id"]));
    assert!(values.iter().all(|value| value["log_id"].as_str().unwrap().len() == 56));
}

#[test]
fn the_announcement_s_two_questions_have_known_answers() {
    let spec = spec(Kind::Fga, 5000);
    let (values, truth) = (values(&spec), truth(&spec));
    let tuples = |value: &Value, list: &str| -> Vec<Value> {
        value["request"][list]["tuple_keys"].as_array().cloned().unwrap_or_default()
    };
    let ids = |wanted: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        values.iter().filter(|value| wanted(value)).map(|value| value["id"].clone()).collect()
    };
    let writes = ids(&|value| {
        value["request"]["operation"] == "Write"
            && [tuples(value, "writes"), tuples(value, "deletes")]
                .concat()
                .iter()
                .any(|tuple| tuple["object"] == "document:annual_report")
    });
    let checks = ids(&|value| {
        value["request"]["operation"] == "Check"
            && value["request"]["tuple_key"]["user"] == "user:Anne"
    });
    assert_eq!(truth["ids"]["annual_report_writes"], Value::from(writes.clone()));
    assert_eq!(truth["ids"]["anne_checks"], Value::from(checks.clone()));
    assert_eq!((writes.len(), checks.len()), (8, 7));
    assert_eq!(counted(&truth, "operation"), tally(&values, "/request/operation"));
    let answers: Vec<Value> =
        values.iter().filter(|value| value["request"]["operation"] == "Check").cloned().collect();
    assert_eq!(counted(&truth, "allowed"), tally(&answers, "/response/allowed"));
}

#[test]
fn an_fga_log_names_the_store_asked_for() {
    let store = "01JZZZZZZZZZZZZZZZZZZZZZZZ".to_owned();
    let values = values(&Spec { store: Some(store.clone()), ..spec(Kind::Fga, 20) });
    assert!(values.iter().all(|value| value["store_id"] == store));
}

#[test]
fn access_and_decision_entries_pair_up() {
    let access = values(&spec(Kind::CerbosAccess, 3000));
    let decisions = values(&spec(Kind::CerbosDecision, 3000));
    let by_id: BTreeMap<&str, &Value> =
        access.iter().map(|value| (value["callId"].as_str().unwrap(), value)).collect();
    let mut paired = 0;
    for decision in &decisions {
        if let Some(access) = by_id.get(decision["callId"].as_str().unwrap()) {
            paired += 1;
            assert_eq!(access["timestamp"], decision["timestamp"]);
            assert_eq!(access["peer"], decision["peer"]);
            let call = if decision["checkResources"].is_object() { "Check" } else { "Plan" };
            let method = format!("/cerbos.svc.v1.CerbosService/{call}Resources");
            assert_eq!(access["method"], method);
        }
    }
    assert!((2500..3000).contains(&paired));
    for kind in [Kind::CerbosAccess, Kind::CerbosDecision] {
        assert_eq!(truth(&spec(kind, 3000))["counts"]["pairing"]["paired"], paired);
    }
}

#[test]
fn cerbos_effects_are_counted() {
    let spec = spec(Kind::CerbosDecision, 2000);
    let mut effects = BTreeMap::<String, u64>::new();
    let mut denied = 0;
    for decision in values(&spec) {
        let outputs = decision["checkResources"]["outputs"].as_array().cloned().unwrap_or_default();
        let mut any = decision["planResources"]["output"]["filter"]["kind"] == "KIND_ALWAYS_DENIED";
        for action in
            outputs.iter().flat_map(|output| output["actions"].as_object().unwrap().values())
        {
            let effect = action["effect"].as_str().unwrap();
            any |= effect == "EFFECT_DENY";
            *effects.entry(effect.to_owned()).or_default() += 1;
        }
        denied += u64::from(any);
    }
    let truth = truth(&spec);
    assert_eq!(counted(&truth, "effect"), effects);
    assert_eq!(truth["counts"]["outcome"]["some_denied"], denied);
}

#[test]
fn auth0_entries_have_the_vendor_s_shapes() {
    let Some(folder) = shared("auth0-log-schemas") else { return };
    let codes = read(folder.join("../auth0-event-types.json"));
    let known: HashSet<&str> =
        codes.as_array().unwrap().iter().filter_map(|code| code["code"].as_str()).collect();
    let mut schemas = BTreeMap::new();
    for mut value in values(&spec(Kind::Auth0, 20_000)) {
        let code = value["type"].as_str().unwrap().to_owned();
        assert!(known.contains(code.as_str()), "no event type {code}");
        // Recorded entries hold null for what is absent, the schemas do not provide for it.
        value.as_object_mut().unwrap().retain(|_, member| !member.is_null());
        let schema = schemas.entry(code.clone()).or_insert_with(|| {
            let path = folder.join(format!("{code}.schema.json"));
            path.exists().then(|| read(path))
        });
        if let Some(schema) = schema {
            schema::check(&value, schema, schema)
                .unwrap_or_else(|why| panic!("{code}{why}: {value}"));
        }
    }
    let without: Vec<_> =
        schemas.iter().filter(|(_, schema)| schema.is_none()).map(|(code, _)| code).collect();
    assert_eq!(without, ["fapi"], "types that the vendor publishes no schema for");
    assert!(schemas.len() > 30);
}

#[test]
fn cerbos_entries_have_the_vendor_s_shape() {
    let Some(path) = shared("cerbos-list-audit-log-entries.schema.json") else { return };
    let schema = read(path);
    for (kind, name) in
        [(Kind::CerbosAccess, "accessLogEntry"), (Kind::CerbosDecision, "decisionLogEntry")]
    {
        for value in values(&spec(kind, 3000)) {
            schema::check(&value, &schema["properties"][name], &schema)
                .unwrap_or_else(|why| panic!("{name}{why}: {value}"));
            // Beyond the schema: the vendor's client refuses an entry without it.
            assert!(value["peer"].is_object(), "{value}");
        }
    }
}

#[test]
fn fga_calls_have_openfga_s_shapes() {
    let Some(path) = shared("openfga-apidocs.swagger.json") else { return };
    let api = read(path);
    let mut bodies = BTreeMap::new();
    for operations in api["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            let body = operation["parameters"].as_array().and_then(|parameters| {
                parameters.iter().find(|parameter| parameter["in"] == "body")
            });
            let answer = &operation["responses"]["200"]["schema"];
            bodies.insert(
                operation["operationId"].as_str().unwrap(),
                (body.map(|body| &body["schema"]), answer),
            );
        }
    }
    let mut seen = HashSet::new();
    for value in values(&spec(Kind::Fga, 5000)) {
        let operation = value["request"]["operation"].as_str().unwrap();
        let (request, answer) = bodies[operation];
        if let Some(request) = request {
            schema::check(&value["request"], request, &api)
                .unwrap_or_else(|why| panic!("{operation}{why}: {value}"));
        }
        if value["status_code"] == 200 && operation != "StreamedListObjects" && !answer.is_null() {
            schema::check(&value["response"], answer, &api)
                .unwrap_or_else(|why| panic!("{operation} response{why}: {value}"));
        }
        seen.insert(operation.to_owned());
    }
    assert_eq!(seen.len(), 13);
}

#[test]
fn bad_windows_are_refused() {
    for (start, end) in [
        (Some("yesterday"), None),
        (Some("2026-06-11T00:00:00Z"), Some("2026-06-10T00:00:00Z")),
        (Some("1969-06-10T00:00:00Z"), None),
    ] {
        assert!(Window::parse(start, end).is_err(), "{start:?} {end:?}");
    }
}

#[test]
fn denied_sign_ins_come_from_offices_and_only_where_asked_for() {
    let denied = |denied: u64| {
        let spec = Spec { denied, ..spec(Kind::Auth0, 4000) };
        let values = values(&spec);
        let from_office = |value: &&Value| {
            value["type"] == "f" && value["ip"].as_str().is_some_and(|ip| ip.starts_with("10."))
        };
        values.iter().filter(from_office).count()
    };
    assert!(denied(0) < 20, "{}", denied(0));
    assert!((80..400).contains(&denied(100)), "{}", denied(100));
}
