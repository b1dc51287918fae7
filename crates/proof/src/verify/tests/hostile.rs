//! Any byte changed, any edit, any bytes at all.

use alloc::{collections::BTreeMap, format, vec};

use proptest::prelude::*;

use super::*;

/// All bytes of an export matter, but for the line feed at the very end.
#[test]
fn a_byte_of_the_export_changed_anywhere_is_found() {
    let mut log = Log::new(6);
    for (export, bundle) in [
        (log.export(2..=4), log.contiguous(2, 3)),
        (log.export([1, 3, 6]), log.filtered(&[1, 3, 6])),
    ] {
        let verifier = Verifier::new(bundle.to_json().as_bytes(), &trust());
        let verdict = |export: &[u8]| {
            let mut verifier = verifier.clone();
            verifier.push(export);
            verifier.finish()
        };
        assert!(verdict(&export).is_intact());
        for at in 0..export.len() {
            for byte in others(export[at]) {
                let mut changed = export.clone();
                changed[at] = byte;
                let verdict = verdict(&changed);
                assert_eq!(verdict.is_intact(), changed == export, "{at} {byte} {verdict:?}");
            }
            let mut removed = export.clone();
            removed.remove(at);
            let verdict = verdict(&removed);
            assert_eq!(verdict.is_intact(), at == export.len() - 1, "{at} {verdict:?}");
        }
    }
}

/// All bytes of a bundle matter.
#[test]
fn a_byte_of_the_bundle_changed_anywhere_is_found() {
    let mut log = Log::new(3);
    let earlier = Earlier::new(&log.note(2), 2, 3, &mut log.tiles).unwrap();
    let grown = Bundle { earlier: Some(earlier), ..log.filtered(&[1, 3]) };
    for (export, bundle) in [(log.export([2]), log.contiguous(2, 1)), (log.export([1, 3]), grown)] {
        let bundle = bundle.to_json().into_bytes();
        let verdict = |bundle: &[u8]| verify([&export[..]], bundle, &Trust::default());
        assert!(verdict(&bundle).is_intact());
        for at in 0..bundle.len() {
            // Without optimization a signature takes long: one change inside hashes and words.
            let changes = if bundle[at].is_ascii_alphanumeric() { 1 } else { 8 };
            for byte in others(bundle[at]).into_iter().take(changes) {
                let mut changed = bundle.clone();
                changed[at] = byte;
                let verdict = verdict(&changed);
                assert_eq!(verdict.is_intact(), changed == bundle, "{at} {byte} {verdict:?}");
            }
        }
    }
}

fn others(byte: u8) -> [u8; 8] {
    [byte ^ 1, byte ^ 0x20, byte ^ 0x80, b' ', b'0', b'"', b'\n', 0]
}

#[test]
fn what_a_stranger_wrote_is_shown_with_escapes() {
    let mut log = Log::new(1);
    let bundle = log.contiguous(1, 1);
    let mut export = Vec::new();
    let id = format!("\u{202e}\u{1b}[31m{}", "x".repeat(1_000));
    Line { sequence: 1, id: id.into(), received_at: 0, bytes: b"{}"[..].into() }.write(&mut export);
    let told = &faults(&export, &bundle)[0];
    assert!(told.contains("\\u{202e}\\u{1b}[31mxxx") && told.len() < 200, "{told}");
}

#[test]
fn faults_beyond_a_hundred_are_counted() {
    let mut log = Log::new(300);
    let bundle = log.contiguous(1, 300);
    let export = String::from_utf8(log.export(1..=300)).unwrap().replace("type", "kind");
    let verdict = check(export.as_bytes(), &bundle);
    assert_eq!((verdict.faults.len(), verdict.unlisted), (100, 200));
    assert!(verdict.sentences().iter().any(|sentence| sentence == "And 200 faults more."));
}

#[test]
fn a_line_without_an_end_takes_no_memory() {
    let mut log = Log::new(2);
    let bundle = log.contiguous(1, 2).to_json();
    let mut verifier = Verifier::new(bundle.as_bytes(), &trust());
    let chunk = vec![b'x'; 1 << 20];
    for _ in 0..20 {
        verifier.push(&chunk);
        assert!(verifier.partial.capacity() <= 2 * MAX_LINE);
    }
    verifier.push(b"\n");
    verifier.push(log.line(2));
    let faults = verifier.finish().faults;
    assert_eq!(faults, [Fault::Unreadable { line: 1, sequence: Some(1), at: 0 }]);
}

/// What happens to an export between two people.
#[derive(Clone, Debug)]
enum Edit {
    Remove(usize),
    Swap(usize, usize),
    Repeat(usize, usize),
    Flip(usize, u8),
    Cut(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = || any::<usize>();
    prop_oneof![
        at().prop_map(Edit::Remove),
        (at(), at()).prop_map(|(one, other)| Edit::Swap(one, other)),
        (at(), at()).prop_map(|(one, other)| Edit::Repeat(one, other)),
        (at(), 1_u8..).prop_map(|(at, change)| Edit::Flip(at, change)),
        at().prop_map(Edit::Cut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_export_is_intact_only_unedited_and_however_it_is_cut_into_chunks(
        edits in prop::collection::vec(edit(), 0..4),
        chunk in 1_usize..200,
        contiguous in any::<bool>(),
    ) {
        let mut log = Log::new(12);
        let sequences: Vec<u64> = if contiguous { (3..=10).collect() } else { vec![1, 2, 5, 9, 12] };
        let bundle = if contiguous { log.contiguous(3, 8) } else { log.filtered(&sequences) };
        let mut lines: Vec<Vec<u8>> = sequences.iter().map(|sequence| log.line(*sequence).to_vec()).collect();
        let original = lines.concat();
        for edit in edits {
            let count = lines.len().max(1);
            match edit {
                Edit::Remove(at) if !lines.is_empty() => drop(lines.remove(at % count)),
                Edit::Swap(one, other) if !lines.is_empty() => lines.swap(one % count, other % count),
                Edit::Repeat(one, other) if !lines.is_empty() => {
                    lines.insert(other % count, lines[one % count].clone());
                }
                Edit::Flip(at, change) if !lines.is_empty() => {
                    let line = &mut lines[at % count];
                    let at = at % line.len();
                    line[at] ^= change;
                }
                Edit::Cut(at) => lines.truncate(at % (count + 1)),
                _ => {}
            }
        }
        let export = lines.concat();
        let json = bundle.to_json();
        let verdict = verify(export.chunks(chunk), json.as_bytes(), &trust());
        prop_assert_eq!(verdict.is_intact(), export == original, "{:?}", verdict);
        prop_assert_eq!(&verdict, &check(&export, &bundle));
        // Only numbers of the bundle are named, and no entry is told missing and present.
        let mut named = BTreeMap::new();
        for fault in &verdict.faults {
            if let Fault::Removed { first, last, .. } | Fault::Cut { first, last, .. } = fault {
                for sequence in sequences.iter().filter(|sequence| (first..=last).contains(sequence)) {
                    prop_assert_eq!(named.insert(*sequence, "missing"), None);
                }
            }
        }
        for fault in &verdict.faults {
            if let Fault::Changed { sequence, .. } | Fault::Renumbered { sequence, .. }
                | Fault::Reordered { sequence, .. } | Fault::Repeated { sequence, .. } = fault
            {
                prop_assert!(sequences.contains(sequence) && !named.contains_key(sequence), "{:?}", verdict);
            }
        }
    }

    #[test]
    fn no_bytes_panic(
        export in prop::collection::vec(any::<u8>(), 0..300),
        garbled in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        any in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut log = Log::new(5);
        let mut bundle = log.contiguous(2, 3).to_json().into_bytes();
        let mut lines = log.export(2..=4);
        for (at, byte) in garbled {
            let at_line = at.index(lines.len());
            lines[at_line] = byte;
            let at = at.index(bundle.len());
            bundle[at] = byte;
        }
        let _ = verify([&export[..], &lines], &bundle, &Trust::default());
        let _ = verify([&export[..]], &any, &trust());
        let _ = verify([&lines[..], &export], log.contiguous(1, 5).to_json().as_bytes(), &trust());
    }
}
