//! The messages of `#[timethis]`.

#[test]
fn misuse_of_timethis_points_at_the_users_token() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
