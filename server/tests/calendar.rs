//! The two commands for other programs, on the binary itself: what they print, what they refuse, how they end.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use server::calendar::LINE_BYTES_MAX;

fn lifehub(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lifehub"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn almanac(args: &[&str]) -> Output {
    lifehub(&[&["almanac"], args].concat()).output().expect("the binary runs")
}

fn days(from: &str, to: &str) -> Vec<String> {
    let output = almanac(&["--from", from, "--to", to]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

/// What `expand` prints for an input, in the time zone of a process.
fn expand_in(zone: &str, input: &[u8]) -> Vec<String> {
    let mut child = lifehub(&["expand"]).env("TZ", zone).stdin(Stdio::piped()).spawn().expect("the binary runs");
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("all is read");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

fn expand(input: &str) -> Vec<String> {
    expand_in("Asia/Shanghai", input.as_bytes())
}

fn question(rule: &str, start: &str, from: &str, to: &str) -> String {
    json!({"rule": rule, "start": start, "from": from, "to": to}).to_string()
}

#[test]
fn a_day_is_printed_with_all_its_names() {
    assert_eq!(
        days("2026-02-16", "2026-02-18"),
        [
            r#"{"date":"2026-02-16","lunar":{"year":2025,"month":12,"day":29,"leap":false},"festival":"除夕","solar_term":null,"holiday":{"mark":"休","name":"春节","announced":true}}"#,
            r#"{"date":"2026-02-17","lunar":{"year":2026,"month":1,"day":1,"leap":false},"festival":"春节","solar_term":null,"holiday":{"mark":"休","name":"春节","announced":true}}"#,
            r#"{"date":"2026-02-18","lunar":{"year":2026,"month":1,"day":2,"leap":false},"festival":null,"solar_term":"雨水","holiday":{"mark":"休","name":"春节","announced":true}}"#,
        ]
    );
    let only = |date: &str| -> Value { serde_json::from_str(&days(date, date)[0]).expect("JSON") };
    assert_eq!(only("2026-10-10")["holiday"], json!({"mark": "班", "name": "国庆节", "announced": true}));
    assert_eq!(only("2026-04-05")["festival"], "清明");
    assert_eq!(only("2026-04-05")["solar_term"], "清明");
    assert_eq!(
        only("2026-03-05"),
        json!({"date": "2026-03-05", "lunar": {"year": 2026, "month": 1, "day": 17, "leap": false}, "festival": null, "solar_term": "惊蛰", "holiday": null})
    );
    assert_eq!(only("2028-06-27")["lunar"], json!({"year": 2028, "month": 5, "day": 5, "leap": true}));
    assert_eq!(only("2030-10-01")["holiday"], json!({"mark": "休", "name": "国庆节", "announced": false}));
    assert_eq!(only("1999-10-01")["holiday"], Value::Null);
}

#[test]
fn a_stretch_is_printed_day_by_day_to_the_ends_of_the_almanac() {
    let all = days("1979-01-01", "2056-12-31");
    assert_eq!(all.len(), 28_490);
    assert!(all[0].starts_with(r#"{"date":"1979-01-01","lunar":{"year":1978,"month":12,"day":3,"#), "{}", all[0]);
    for line in &all {
        let day: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(day.as_object().map(serde_json::Map::len), Some(5), "{line}");
    }
}

#[test]
fn a_stretch_that_is_none_is_told_in_one_sentence() {
    for args in [
        &["--from", "2026-02-18", "--to", "2026-02-17"][..],
        &["--from", "2026-02-30", "--to", "2026-03-01"],
        &["--from", "2026-02-01", "--to", "tomorrow"],
        &["--from", "2026-02-01", "--to", "2026-2-3"],
        &["--from", "-1", "--to", "2026-03-01"],
        &["--from", "1978-12-31", "--to", "1979-01-02"],
        &["--from", "2056-12-31", "--to", "2057-01-01"],
        &["--from", "2026-01-01", "--to", "9999-12-31"],
        &["--from", "", "--to", "2026-03-01"],
        &["--from", "two\nlines", "--to", "2026-03-01"],
        &["--from", "2026-02-01"],
        &["--to", "2026-02-01"],
        &[],
    ] {
        let output = almanac(args);
        let sentence = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        assert!(sentence.starts_with("lifehub: ") && sentence.lines().count() == 1, "{args:?}: {sentence}");
    }
}

#[test]
fn every_question_is_answered_in_its_turn() {
    let monthly = question("RRULE:FREQ=MONTHLY;BYDAY=1TH", "2026-03-05T19:00:00", "2026-03-01", "2026-05-07T19:00");
    let input = [
        &monthly,
        "",
        "not JSON",
        r#"{"rule":"FREQ=DAILY","start":"2026-03-05T19:00:00","from":"2026-03-01"}"#,
        r#"{"rule":"FREQ=DAILY","start":"2026-03-05T19:00:00","from":"2026-03-01","to":"2026-03-07","zone":"UTC"}"#,
        r#"{"rule":7,"start":"2026-03-05T19:00:00","from":"2026-03-01","to":"2026-03-07"}"#,
        r#"["FREQ=DAILY","2026-03-05T19:00:00","2026-03-01","2026-03-07"]"#,
        "null",
        &question("FREQ=DAILY", "2026-03-05", "2026-03-01", "2026-03-07"),
        &question("FREQ=DAILY", "2026-03-05T19:00:00Z", "2026-03-01", "2026-03-07"),
        &question("FREQ=DAILY", "2026-03-05T19:00", "2026-02-30", "2026-03-07"),
        &question("FREQ=DAILY", "2026-03-05T19:00", "2026-03-07", "2026-03-07"),
        &format!("{monthly}{monthly}"),
        &question("FREQ=HOURLY", "2026-03-05T19:00", "2026-03-01", "2026-03-07"),
        &question("FREQ=DAILY;COUNT=2;UNTIL=20260401", "2026-03-05T19:00", "2026-03-01", "2026-03-07"),
        &question("FREQ=DAILY;X-TIMES=0700,0800", "0001-01-01T19:00", "0001-01-01", "9999-12-31"),
        &question("FREQ=WEEKLY;BYDAY=TU", "2026-03-05T19:00", "2026-03-01", "2026-03-11"),
    ];
    let refused = |code: &str| format!(r#"{{"refused":"{code}"}}"#);
    let malformed = || refused("malformed");
    let expected = [
        r#"{"starts":["2026-03-05T19:00:00","2026-04-02T19:00:00"]}"#.to_owned(),
        malformed(),
        malformed(),
        malformed(),
        malformed(),
        malformed(),
        malformed(),
        malformed(),
        malformed(),
        malformed(),
        r#"{"starts":[]}"#.to_owned(),
        malformed(),
        refused("unsupported-frequency"),
        refused("count-and-until"),
        refused("too-many-starts"),
        r#"{"starts":["2026-03-10T19:00:00"]}"#.to_owned(),
    ];
    assert_eq!(expand(&input.join("\n")), expected);
    // The ends of lines of other systems, and a last line without one.
    assert_eq!(expand(&input.join("\r\n")), expected);
    assert_eq!(expand(""), [""; 0]);
}

#[test]
fn a_line_that_is_no_text_or_too_long_is_refused_and_the_next_one_answered() {
    let good = question("FREQ=DAILY;COUNT=1", "2026-03-05T19:00", "2026-03-01", "2026-03-07");
    let padded = format!("{}{good}", " ".repeat(LINE_BYTES_MAX - good.len()));
    let mut input = Vec::new();
    for line in [
        &b"\xff\xfe"[..],
        &b"x".repeat(10_000_000),
        padded.as_bytes(),
        format!(" {padded}").as_bytes(),
        good.as_bytes(),
    ] {
        input.extend_from_slice(line);
        input.push(b'\n');
    }
    let (malformed, starts) = (r#"{"refused":"malformed"}"#, r#"{"starts":["2026-03-05T19:00:00"]}"#);
    assert_eq!(expand_in("UTC", &input), [malformed, malformed, starts, malformed, starts]);
}

#[test]
fn an_answer_comes_before_the_next_question() {
    let mut child = lifehub(&["expand"]).stdin(Stdio::piped()).spawn().expect("the binary runs");
    let (mut stdin, stdout) = (child.stdin.take().expect("its input"), child.stdout.take().expect("its output"));
    let mut answers = BufReader::new(stdout).lines();
    for day in ["2026-03-05", "2026-03-06"] {
        let question = question("FREQ=DAILY", "2026-03-05T19:00", day, &format!("{day}T20:00"));
        writeln!(stdin, "{question}").expect("it listens");
        let answer = answers.next().expect("an answer").expect("text");
        assert_eq!(answer, format!(r#"{{"starts":["{day}T19:00:00"]}}"#));
    }
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn the_zone_of_the_process_plays_no_part() {
    // Around the changes of the clocks in Europe and America, and at midnight.
    let input: Vec<String> = ["2026-03-08T02:30", "2026-03-29T02:30", "2026-11-01T01:30", "2026-12-31T00:00"]
        .iter()
        .flat_map(|start| {
            ["FREQ=DAILY;COUNT=3", "FREQ=MONTHLY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=SU;X-HOLIDAYS=FOLLOW"]
                .map(|rule| question(rule, start, "2026-01-01", "2027-12-31"))
        })
        .collect();
    let input = input.join("\n");
    let expected = expand_in("Asia/Shanghai", input.as_bytes());
    assert_eq!(expected.len(), 12);
    for zone in ["UTC", "America/New_York", "Europe/London", "Pacific/Kiritimati", "XXX+13:45"] {
        assert_eq!(expand_in(zone, input.as_bytes()), expected, "{zone}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child =
        lifehub(&["almanac", "--from", "1979-01-01", "--to", "2056-12-31"]).spawn().expect("the binary runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");

    let mut child = lifehub(&["expand"]).stdin(Stdio::piped()).spawn().expect("the binary runs");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("its input");
    writeln!(stdin, "{}", question("FREQ=DAILY", "2026-03-05T19:00", "2026-03-01", "2027-03-01")).expect("it listens");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
