//! What must not compile. The text beside each case is what the compiler says; `TRYBUILD=overwrite cargo test
//! compile_fail` writes it anew, after a look at the difference.

#[test]
fn what_would_break_a_promise_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
