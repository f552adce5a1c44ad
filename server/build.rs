//! Rebuilds the release binary when a file of the site appears: rust-embed itself watches only those it has seen.

#[expect(
    clippy::disallowed_methods,
    reason = "cargo talks to build scripts through the environment"
)]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // rust-embed takes the folder's real path when it is compiled: without the folder, a debug build never finds
    // the files that appear in it later.
    if let Err(error) = std::fs::create_dir_all("../target/site") {
        println!("cargo::warning=target/site cannot be made: {error}");
    }
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=../target/site");
    }
}
