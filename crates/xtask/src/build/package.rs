//! The npm package: the engine compiled, given its JavaScript by wasm-bindgen, made smaller by wasm-opt,
//! then put together by the package's own script.

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
///
/// One bound for inlining at every level: a little more than "z" has, which makes queries compile faster, and much less
/// than the others have, which makes the engine no slower. Together it is 1 % of the module.
const RUSTFLAGS: &str = "-Ctarget-feature=+simd128 -Zunstable-options -Cpanic=immediate-abort \
                         -Cllvm-args=-inline-threshold=25";

/// The standard library is built along, so that it has no messages either, and less code.
const STD: [&str; 2] = ["-Z", "build-std-features=optimize_for_size"];

/// cargo's profile, and the folder of what it builds.
const PROFILE: &str = "web";

/// What the compiler may use is named, so that a newer wasm-opt writes nothing that an engine lacks.
///
/// What is worth inlining the compiler has inlined: more of it is 5 % of the module. Functions are sorted by name since
/// those of one module, and of one generic function, look alike, which compresses.
const WASM_OPT: [&str; 14] = [
    "-O3",
    "--converge",
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

const ENGINE: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "crates/core",
    "crates/engine",
    "crates/wasm/Cargo.toml",
    "crates/wasm/src",
    "package-lock.json",
];

pub(super) fn build(setup: &Setup<'_>) -> Result<()> {
    let workspace = setup.workspace();
    let toolchain = setup.std_builder()?;
    let bindings = workspace.path("crates/wasm/bindings");
    let how = format!("{RUSTFLAGS} {STD:?} {WASM_OPT:?} {toolchain:?}");
    let engine = Stamp::of(workspace, "engine", &ENGINE, &how)?;
    let module = bindings.join("bindings_bg.wasm");
    if !engine.is_current(&module) {
        compile(setup)?;
        optimise(setup)?;
        engine.save()?;
    }
    let mut parts = ENGINE.to_vec();
    parts.push("crates/wasm");
    let package = Stamp::of(workspace, "package", &parts, &how)?;
    if !package.is_current(&workspace.path("crates/wasm/pkg/package.json")) {
        let node = setup.node_with_packages()?;
        say("npm package", "putting it together from TypeScript and the compiled engine");
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

/// Compiles the engine and has wasm-bindgen write its JavaScript into `crates/wasm/bindings`.
fn compile(setup: &Setup<'_>) -> Result<()> {
    let workspace = setup.workspace();
    let toolchain = setup.std_builder()?;
    let wasm_bindgen = setup.wasm_bindgen()?;
    // Until wasm-bindgen has read the module, no other checkout may put its own in the same place.
    let _lock = toolchain.is_shared().then(|| Lock::hold(workspace, "engine")).transpose()?;
    say("engine", "compiling it to WebAssembly");
    Task::new(workspace, "engine").limit(Duration::from_secs(1200)).tail(200).run(
        toolchain
            .cargo()
            .current_dir(workspace.root())
            .args(["build", "--profile", PROFILE, "--package", "trailsift-wasm", "--target", WASM])
            .args(toolchain.std("std,panic_abort"))
            .args(STD)
            .env("RUSTFLAGS", RUSTFLAGS),
    )?;
    Task::new(workspace, "wasm-bindgen")
        .run(
            Command::new(wasm_bindgen)
                .args([
                    "--target",
                    "web",
                    "--omit-default-module-path",
                    "--out-name",
                    "bindings",
                    "--out-dir",
                ])
                .arg(workspace.path("crates/wasm/bindings"))
                .arg(toolchain.target().join(WASM).join(PROFILE).join("trailsift_wasm.wasm")),
        )
        .map(drop)
}

fn optimise(setup: &Setup<'_>) -> Result<()> {
    let workspace = setup.workspace();
    let node = setup.node_with_packages()?;
    let module = workspace.path("crates/wasm/bindings/bindings_bg.wasm");
    Task::new(workspace, "wasm-opt")
        .run(node.command("wasm-opt")?.args(WASM_OPT).arg(&module).arg("-o").arg(&module))
        .map(drop)
}
