//! The npm package: its WebAssembly modules compiled, given their JavaScript by wasm-bindgen, made smaller by
//! wasm-opt, then put together by the package's own script.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::stamp::Stamp;
use crate::process::Task;
use crate::progress::say;
use crate::setup::rust::WASM;
use crate::setup::{Lock, Setup};

/// Every browser of the last years and workerd have these 128-bit instructions.
///
/// A panic stops the module, and nobody would read its message there: the messages are left out.
const RUSTFLAGS: &str = "-Ctarget-feature=+simd128 -Zunstable-options -Cpanic=immediate-abort";

/// The standard library is built along, so that it has no messages either, and less code.
const STD: [&str; 2] = ["-Z", "build-std-features=optimize_for_size"];

/// cargo's profile, and the folder of what it builds.
const PROFILE: &str = "web";

/// What the compiler may use is named, so that a newer wasm-opt writes nothing that an engine lacks.
///
/// What is worth inlining the compiler has inlined: more of it is 5 % of the module. Functions are sorted by name since
/// those of one module, and of one generic function, look alike, which compresses.
const WASM_OPT: [&str; 13] = [
    "-O3",
    "--always-inline-max-function-size=1",
    "--one-caller-inline-max-function-size=0",
    "--flexible-inline-max-function-size=0",
    "--reorder-functions-by-name",
    "--enable-simd",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-exception-handling",
];

/// A WebAssembly module of the package.
struct Module {
    name: &'static str,
    /// What its files in `crates/wasm/bindings` begin with: `bindings.js`, `bindings_bg.wasm`.
    files: &'static str,
    package: &'static str,
    ingredients: &'static [&'static str],
}

/// Who queries needs no signatures, and who verifies no queries: each loads its own.
const MODULES: [Module; 2] = [
    Module {
        name: "engine",
        files: "bindings",
        package: "trailsift-wasm",
        ingredients: &[
            "Cargo.toml",
            "Cargo.lock",
            "crates/core",
            "crates/engine",
            "crates/wasm/Cargo.toml",
            "crates/wasm/src",
            "package-lock.json",
        ],
    },
    Module {
        name: "verifier",
        files: "verifier",
        package: "trailsift-verify",
        ingredients: &[
            "Cargo.toml",
            "Cargo.lock",
            "crates/proof",
            "crates/wasm/verify",
            "package-lock.json",
        ],
    },
];

pub(super) fn build(setup: &Setup<'_>) -> Result<()> {
    let workspace = setup.workspace();
    let toolchain = setup.std_builder()?;
    let how = format!("{RUSTFLAGS} {STD:?} {WASM_OPT:?} {toolchain:?}");
    let mut parts = vec!["crates/wasm"];
    for module in &MODULES {
        let stamp = Stamp::of(workspace, module.name, module.ingredients, &how)?;
        if !stamp.is_current(&module.file(setup)) {
            compile(setup, module)?;
            optimise(setup, module)?;
            stamp.save()?;
        }
        parts.extend(module.ingredients);
    }
    let package = Stamp::of(workspace, "package", &parts, &how)?;
    if !package.is_current(&workspace.path("crates/wasm/pkg/package.json")) {
        let node = setup.node_with_packages()?;
        say("npm package", "putting it together from TypeScript and the compiled modules");
        Task::new(workspace, "npm package").tail(80).run(node.command("npm")?.args([
            "run",
            "build",
            "-w",
            "crates/wasm",
        ]))?;
        package.save()?;
    }
    Ok(())
}

impl Module {
    fn file(&self, setup: &Setup<'_>) -> PathBuf {
        setup.workspace().path("crates/wasm/bindings").join(format!("{}_bg.wasm", self.files))
    }
}

/// Compiles a module and has wasm-bindgen write its JavaScript into `crates/wasm/bindings`.
fn compile(setup: &Setup<'_>, module: &Module) -> Result<()> {
    let workspace = setup.workspace();
    let toolchain = setup.std_builder()?;
    let wasm_bindgen = setup.wasm_bindgen()?;
    // Until wasm-bindgen has read the module, no other checkout may put its own in the same place.
    let _lock = toolchain.is_shared().then(|| Lock::hold(workspace, "engine")).transpose()?;
    say(module.name, "compiling it to WebAssembly");
    Task::new(workspace, module.name).limit(Duration::from_secs(1200)).tail(200).run(
        toolchain
            .cargo()
            .current_dir(workspace.root())
            .args(["build", "--profile", PROFILE, "--package", module.package, "--target", WASM])
            .args(toolchain.std("std,panic_abort"))
            .args(STD)
            .env("RUSTFLAGS", RUSTFLAGS),
    )?;
    let compiled = format!("{}.wasm", module.package.replace('-', "_"));
    Task::new(workspace, "wasm-bindgen")
        .run(
            Command::new(wasm_bindgen)
                .args(["--target", "web", "--omit-default-module-path"])
                .args(["--out-name", module.files, "--out-dir"])
                .arg(workspace.path("crates/wasm/bindings"))
                .arg(toolchain.target().join(WASM).join(PROFILE).join(compiled)),
        )
        .map(drop)
}

fn optimise(setup: &Setup<'_>, module: &Module) -> Result<()> {
    let node = setup.node_with_packages()?;
    let file = module.file(setup);
    Task::new(setup.workspace(), "wasm-opt")
        .run(node.command("wasm-opt")?.args(WASM_OPT).arg(&file).arg("-o").arg(&file))
        .map(drop)
}
