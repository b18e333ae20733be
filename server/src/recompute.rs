//! `lifehub draw`: computes a draw again from its secret and its list, without a server or a database, for whoever does not
//! believe the app. `docs/draw.md` is the contract. Deliberately absent: the rule, which is the domain's.

use std::io::{self, Read, Write};

use domain::id::OccurrenceId;
use domain::sign_up::draw::{Commitment, Entry, Lot, Secret, Ticket, commitment, lots};
use serde::{Deserialize, Serialize};

/// The longest question that is read, in bytes.
const QUESTION_BYTES_MAX: u64 = 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    date: OccurrenceId,
    secret: Secret,
    places: Option<u16>,
    list: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    ticket: Ticket,
    heads: u16,
}

#[derive(Serialize)]
struct Answer {
    commitment: Commitment,
    lots: Vec<Lot>,
}

/// Answers one question, an object of JSON. Says whether it was one.
///
/// # Errors
/// The input cannot be read, or the output not written.
pub fn recompute(input: impl Read, mut out: impl Write) -> io::Result<bool> {
    let mut text = Vec::new();
    input.take(QUESTION_BYTES_MAX).read_to_end(&mut text)?;
    let Ok(Question { date, secret, places, list }) = serde_json::from_slice(&text) else {
        out.write_all(b"{\"refused\":\"malformed\"}\n")?;
        return Ok(false);
    };
    let entries: Vec<Entry> =
        list.iter().map(|Listed { ticket, heads }| Entry { ticket: *ticket, heads: *heads }).collect();
    let answer = Answer { commitment: commitment(date, secret), lots: lots(secret, places, &entries) };
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    out.write_all(&line)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(question: &str) -> (bool, String) {
        let mut out = Vec::new();
        let is_one = recompute(question.as_bytes(), &mut out).expect("memory");
        (is_one, String::from_utf8(out).expect("text"))
    }

    #[test]
    fn a_question_is_answered_with_all_lots_in_drawn_order_and_anything_else_is_refused() {
        let question = r#"{"date":"0192f0c1-2a3b-8c4d-8e5f-0000000000cc","places":1,
            "secret":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "list":[{"ticket":"a1c1354bf04811b2","heads":1},{"ticket":"3d39bb99a352ec3a","heads":1}]}"#;
        let (is_one, answer) = asked(question);
        let answer: serde_json::Value = serde_json::from_str(&answer).expect("json");
        assert!(is_one && answer["commitment"].as_str().is_some_and(|text| text.len() == 64), "{answer}");
        let lots = answer["lots"].as_array().expect("lots");
        assert_eq!(lots.iter().map(|lot| lot["won"] == true).collect::<Vec<_>>(), [true, false], "{answer}");
        for bad in
            ["", "[]", "{}", &question.replace("places", "seats"), &question.replace("\"heads\":1", "\"heads\":-1")]
        {
            assert_eq!(asked(bad), (false, "{\"refused\":\"malformed\"}\n".to_owned()), "{bad}");
        }
    }
}
