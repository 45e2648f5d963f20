//! What the macros say to somebody who made a mistake.
#![allow(missing_docs)]

#[test]
fn messages_stand_on_the_users_token_and_say_what_to_write() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
