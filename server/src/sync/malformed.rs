//! Where a command's body is malformed: the path of the field, as a phone can show it beside the field.
//!
//! The body is read a second time, with a path kept; that is slow, and happens only when the answer is no. Deliberately
//! absent: what was wrong with the text, because the text is the caller's own.

use domain::command::{
    AddPerson, ApproveBooking, BookSpace, CancelBooking, CancelOccurrence, CheckIn, CheckInBooking, DeclineBooking,
    PublishActivity, ReadNotices, RemovePerson, SignUp, UpdateProfile, WithdrawSignUp,
};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

/// The longest path that is stored: a name nobody knows is the caller's own text.
const PATH_MAX: usize = 120;

/// The path of the first field of a body that does not parse, as in `/body/title`.
#[must_use]
pub fn field_of(kind: &str, body: &str) -> String {
    let path = match kind {
        "sign_up" => path_in::<SignUp>(body),
        "withdraw_sign_up" => path_in::<WithdrawSignUp>(body),
        "check_in" => path_in::<CheckIn>(body),
        "publish_activity" => path_in::<PublishActivity>(body),
        "cancel_occurrence" => path_in::<CancelOccurrence>(body),
        "book_space" => path_in::<BookSpace>(body),
        "cancel_booking" => path_in::<CancelBooking>(body),
        "approve_booking" => path_in::<ApproveBooking>(body),
        "decline_booking" => path_in::<DeclineBooking>(body),
        "check_in_booking" => path_in::<CheckInBooking>(body),
        "add_person" => path_in::<AddPerson>(body),
        "remove_person" => path_in::<RemovePerson>(body),
        "update_profile" => path_in::<UpdateProfile>(body),
        "read_notices" => path_in::<ReadNotices>(body),
        _ => String::new(),
    };
    format!("/body{path}").chars().take(PATH_MAX).collect()
}

fn path_in<T: DeserializeOwned>(body: &str) -> String {
    let mut reader = serde_json::Deserializer::from_str(body);
    let Err(error) = serde_path_to_error::deserialize::<_, T>(&mut reader) else { return String::new() };
    let mut path = String::new();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => path.push_str(&format!("/{index}")),
            Segment::Map { key } => path.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { variant } => path.push_str(&format!("/{variant}")),
            Segment::Unknown => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use domain::command::Command;

    use super::*;

    #[test]
    fn every_kind_has_its_fields() {
        for kind in Command::KINDS {
            assert_eq!(field_of(kind, r#"{"nobody_knows_this":1}"#), "/body/nobody_knows_this", "{kind}");
            assert_eq!(field_of(kind, "{}"), "/body", "{kind} without its fields");
        }
    }

    #[test]
    fn a_path_leads_to_the_field_and_never_repeats_its_text() {
        let family = r#"{"relation":"child","name":"  ","born":"2021-05"}"#;
        assert_eq!(field_of("add_person", family), "/body/name");
        let notices = r#"{"notices":["0192f0c1-2a3b-7c4d-8e5f-00112233aabb","secret"]}"#;
        assert_eq!(field_of("read_notices", notices), "/body/notices/1");
        let long = format!(r#"{{"{}":1}}"#, "x".repeat(5000));
        assert_eq!(field_of("check_in", &long).len(), PATH_MAX);
    }
}
