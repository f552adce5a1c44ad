//! Packs npm's MJML compiler, which `frontend/package-lock.json` names, for the crate to embed.

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use flate2::{Compression, write::ZlibEncoder};

fn main() -> Result<(), Box<dyn Error>> {
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../frontend/node_modules/mjml-browser/lib/index.js");
    writeln!(io::stdout(), "cargo::rerun-if-changed={}", bundle.display())?;
    let source = fs::read(&bundle)
        .map_err(|error| format!("{}: {error}; run .ci/setup.sh first", bundle.display()))?;
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let packed = File::create(Path::new(&folder).join("mjml.js.z"))?;
    let mut packed = ZlibEncoder::new(packed, Compression::best());
    packed.write_all(&source)?;
    packed.finish()?;
    Ok(())
}
