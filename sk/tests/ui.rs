//! What the compiler says about wrong uses: at the user's token, with what to write instead.

#[test]
fn messages_point_at_the_users_token() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
