//! Packages of users: the README's, the template, some that rename the library, and tables of other
//! packages.
//!
//! The packages are copied to the build folder and use the versions that are locked here, so that the
//! network is not needed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The folder of the copied packages, one copy for all tests of this file.
fn copied() -> &'static Path {
    static COPIED: OnceLock<PathBuf> = OnceLock::new();
    COPIED.get_or_init(copy_packages)
}

fn copy_packages() -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages");
    copy(&Path::new(ROOT).join("tests/fixtures/packages"), &to);
    write_readme_package(&to);
    fs::copy(Path::new(ROOT).join("Cargo.lock"), to.join("Cargo.lock")).expect("a lock");
    to
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("builds go there");
    for entry in fs::read_dir(from).expect("a folder") {
        let from = entry.expect("an entry").path();
        let to = to.join(from.file_name().expect("a name"));
        if from.ends_with("target") {
            continue;
        }
        if from.is_dir() {
            copy(&from, &to);
        } else {
            let text = fs::read_to_string(&from).expect("a text");
            let library = Path::new(ROOT).join("http4k-ws").display().to_string();
            let text = text.replace("\"LIBRARY\"", &format!("{library:?}"));
            fs::write(to, text).expect("builds go there");
        }
    }
}

/// The text between a fence that opens with `language` and its end, in the README.
fn readme_block(language: &str) -> &'static str {
    let readme = include_str!("../README.md");
    let (_, block) = readme
        .split_once(&format!("```{language}\n"))
        .expect("the README has the block");
    block.split_once("\n```").expect("the block ends").0
}

/// Writes a package from the README's manifest lines and its program.
fn write_readme_package(folder: &Path) {
    let library = Path::new(ROOT).join("http4k-ws").display().to_string();
    let published = r#"version = "0.1""#;
    let dependencies = readme_block("toml");
    assert!(dependencies.contains(published), "{dependencies}");
    let dependencies = dependencies.replacen(published, &format!("path = {library:?}"), 1);
    let manifest = format!("[package]\nname = \"readme\"\nedition = \"2024\"\n\n{dependencies}\n");
    let source = folder.join("readme/src");
    fs::create_dir_all(&source).expect("the build folder is writable");
    fs::write(folder.join("readme/Cargo.toml"), manifest).expect("a manifest");
    fs::write(source.join("main.rs"), readme_block("rust,no_run")).expect("a program");
}

/// The build folder of this workspace, which has many of the dependencies already.
fn target() -> &'static Path {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().expect("it is in the build folder")
}

fn cargo(command: &str, package: &str, folder: &Path) -> Output {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    Command::new(cargo)
        .args([
            command,
            "--offline",
            "--quiet",
            "--color=never",
            "-p",
            package,
        ])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .output()
        .expect("cargo runs")
}

#[test]
fn the_first_program_builds_from_the_lines_of_the_readme() {
    let tests = cargo("test", "readme", copied());
    let errors = String::from_utf8_lossy(&tests.stderr);
    assert!(tests.status.success(), "{errors}");
    let report = String::from_utf8_lossy(&tests.stdout);
    assert!(report.contains("3 passed"), "{report}");
}

/// Returns the targets of the relative links in a text of Markdown.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with('#'))
}

#[test]
fn the_links_of_the_readmes_lead_to_files() {
    for (folder, text) in [
        ("", include_str!("../README.md")),
        ("examples", include_str!("../examples/README.md")),
    ] {
        for link in links(text) {
            let file = link.split('#').next().unwrap_or_default();
            let path = Path::new(ROOT).join(folder).join(file);
            assert!(path.exists(), "{folder}/README.md: {link}");
        }
    }
}

#[test]
fn the_list_of_examples_has_every_example() {
    let list = include_str!("../examples/README.md");
    let examples = Path::new(ROOT).join("examples");
    let mut missing = Vec::new();
    for folder in [examples.clone()].into_iter().chain(folders(&examples)) {
        let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) else {
            continue;
        };
        let mut names: Vec<_> = manifest
            .split("[[example]]")
            .skip(1)
            .filter_map(|example| example.split('"').nth(1))
            .map(str::to_owned)
            .collect();
        if names.is_empty() {
            let name = folder.file_name().expect("a name");
            names.push(name.to_string_lossy().into_owned());
        }
        missing.extend(
            names
                .into_iter()
                .filter(|name| !list.contains(&format!("[`{name}`]"))),
        );
    }
    assert!(missing.is_empty(), "examples/README.md lacks {missing:?}");
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.is_dir()).collect()
}

/// Ends a program when a test is over.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Copies the template, and lets it use this checkout.
fn copied_template() -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("template");
    copy(&Path::new(ROOT).join("examples/template"), &to);
    let manifest = to.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("the template has a manifest");
    let library = Path::new(ROOT).join("http4k-ws").display().to_string();
    let local = text
        .replace(
            "http4k-ws = \"0.1\"",
            &format!("http4k-ws = {{ path = {library:?} }}"),
        )
        .replace(
            "http4k-ws = { version = \"0.1\"",
            &format!("http4k-ws = {{ path = {library:?}"),
        );
    assert_eq!(local.matches(&library).count(), 2, "{text}");
    fs::write(manifest, local).expect("builds go there");
    fs::copy(Path::new(ROOT).join("Cargo.lock"), to.join("Cargo.lock")).expect("a lock");
    to
}

#[test]
fn the_template_passes_its_tests_and_serves_its_page_once_it_is_copied() {
    let template = copied_template();
    let tests = cargo("test", "my-app", &template);
    let errors = String::from_utf8_lossy(&tests.stderr);
    assert!(tests.status.success(), "{errors}");
    let report = String::from_utf8_lossy(&tests.stdout);
    assert!(report.contains("3 passed"), "{report}");

    let mut program = Command::new(target().join("debug/my-app"))
        .env("ADDRESS", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let output = program.stdout.take().expect("it is piped");
    let _program = Running(program);
    let mut line = String::new();
    let mut output = BufReader::new(output);
    output.read_line(&mut line).expect("it prints its address");
    let address = line
        .trim()
        .trim_start_matches("listening on http://")
        .trim_end_matches('/');
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = format!("GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("it responds");
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(response.contains("<h1>Board</h1>"), "{response}");
}

#[test]
fn the_library_may_have_any_name_and_tables_work_across_packages() {
    let folder = copied();
    let shop = cargo("run", "shop", folder);
    let errors = String::from_utf8_lossy(&shop.stderr);
    assert!(shop.status.success(), "{errors}");

    let clash = cargo("check", "clash", folder);
    let errors = String::from_utf8_lossy(&clash.stderr);
    assert!(!clash.status.success());
    for part in [
        "`GET /users/<id>` (`one` of `users::api`) is never matched",
        "`/users/<_name>` (`name` here) takes its requests",
        "clash/src/main.rs:6:21",
    ] {
        assert!(errors.contains(part), "{part}: {errors}");
    }
}
