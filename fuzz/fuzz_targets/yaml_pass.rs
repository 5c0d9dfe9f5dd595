#![no_main]
#![allow(dead_code)]

#[path = "../../tests/integration/yaml/agree.rs"]
mod agree;
#[path = "../../tests/integration/language.rs"]
mod language;
#[path = "../../tests/integration/fuzz/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::yaml_pass(bytes));
