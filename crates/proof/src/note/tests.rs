use alloc::string::ToString as _;

use proptest::prelude::*;

use super::*;

/// The secret is the bytes 0 to 31. Key, id and signature were made with Python's `cryptography` and hashlib.
const KEY: &str = "logs.example/acme/auth0+7b6e8841+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const TEXT: &str = "logs.example/acme/auth0\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n";
const LINE: &str = "\u{2014} logs.example/acme/auth0 e26IQYbFUUvSn3sV+gGzqz6Ls/129vT2wsIxOfX9s/iANLwNO8FtMjpS65Jh7+jxb0fJdxDqH2nBfbKZcu/UaJBiugw=\n";

fn signer() -> Signer {
    Signer::new("logs.example/acme/auth0", &core::array::from_fn(|at| at as u8)).unwrap()
}

fn other() -> Signer {
    Signer::new("witness.example", &[9; 32]).unwrap()
}

fn open(note: &str, key: &VerifierKey) -> Result<String, NoteError> {
    note.parse::<Note>()?.open(&[key]).map(str::to_owned)
}

#[test]
fn a_note_as_another_implementation_makes_it() {
    let note = Note::sign(TEXT, &[&signer()]).unwrap().to_string();
    assert_eq!(note, format!("{TEXT}\n{LINE}"));
    assert_eq!(signer().verifier().to_string(), KEY);
    assert_eq!(open(&note, &KEY.parse().unwrap()), Ok(TEXT.to_owned()));
}

#[test]
fn signatures_by_others_are_ignored() {
    let (signer, other) = (signer(), other());
    let note = Note::sign(TEXT, &[&other, &signer]).unwrap();
    for keys in
        [&[signer.verifier()][..], &[other.verifier()], &[signer.verifier(), other.verifier()]]
    {
        assert_eq!(note.open(keys), Ok(TEXT));
    }
    assert_eq!(note.open(&[]), Err(NoteError::UnknownKey));
    let namesake = Signer::new(signer.verifier().name(), &[8; 32]).unwrap();
    assert_eq!(note.open(&[namesake.verifier()]), Err(NoteError::UnknownKey));
    // A kind of signature of which nothing is known, under a known name.
    let note = format!("{TEXT}\n\u{2014} logs.example/acme/auth0 AAAAAAA=\n{LINE}");
    assert_eq!(open(&note, signer.verifier()), Ok(TEXT.to_owned()));
}

#[test]
fn a_known_key_that_did_not_sign_spoils_the_note() {
    let genuine = Note::sign("other\n", &[&signer(), &other()]).unwrap();
    let forged = Note { text: TEXT.to_owned(), ..genuine };
    assert_eq!(forged.open(&[signer().verifier()]), Err(NoteError::Forged));
    let mut mixed = Note::sign(TEXT, &[&signer()]).unwrap();
    mixed.signatures.extend(forged.signatures);
    let keys = (signer(), other());
    assert_eq!(mixed.open(&[keys.0.verifier(), keys.1.verifier()]), Err(NoteError::Forged));
    mixed.signatures[0].bytes.pop();
    assert_eq!(mixed.open(&[keys.0.verifier()]), Err(NoteError::Forged));
}

#[test]
fn a_byte_changed_anywhere_is_found() {
    let note = format!("{TEXT}\n{LINE}");
    let key = KEY.parse().unwrap();
    for at in 0..note.len() {
        for change in [1, 0x20, 0x80] {
            let mut changed = note.clone().into_bytes();
            changed[at] ^= change;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            assert!(open(&changed, &key).is_err(), "{at} {change}");
        }
        if let Some(cut) = note.get(..at) {
            assert!(open(cut, &key).is_err(), "{at}");
        }
    }
}

#[test]
fn texts_that_are_no_note() {
    let many = LINE.repeat(MAX_SIGNATURES);
    assert!(format!("{TEXT}\n{many}").parse::<Note>().is_ok());
    for note in [
        String::new(),
        "\n\n".to_owned(),
        TEXT.to_owned(),
        format!("{TEXT}\n"),
        format!("{TEXT}{LINE}"),
        format!("{TEXT}\n{LINE}\n"),
        format!("{TEXT}\n{LINE}{many}"),
        format!("{TEXT}\n{}", LINE.trim_end()),
        format!("{TEXT}\n{LINE}").replace('\n', "\r\n"),
        format!("{TEXT}\n{}", LINE.replace('\u{2014}', "-")),
        format!("{TEXT}\n{}", LINE.replace(" e26", "  e26")),
        format!("{TEXT}\n{}", LINE.replace("=\n", "\n")),
        format!("\0{TEXT}\n{LINE}"),
        format!("{TEXT}\n\u{2014} name AAAAAA==\n"),
        format!("{TEXT}\n\u{2014} a+b AAAAAAAA\n"),
        format!("{}{TEXT}\n{LINE}", "x".repeat(MAX_NOTE)),
    ] {
        assert_eq!(note.parse::<Note>(), Err(NoteError::Malformed), "{:.200}", note);
    }
    for text in ["", "no line feed", "tab\t\n", "\r\n"] {
        assert_eq!(Note::sign(text, &[&signer()]), Err(NoteError::Malformed), "{text:?}");
    }
    assert_eq!(Note::sign(TEXT, &[]), Err(NoteError::Malformed));
    let with_empty_lines = "a\n\n\u{2014} b\n\n";
    let note = Note::sign(with_empty_lines, &[&signer()]).unwrap();
    assert_eq!(open(&note.to_string(), signer().verifier()), Ok(with_empty_lines.to_owned()));
}

#[test]
fn texts_that_are_no_key() {
    let long = "A".repeat(1_000_000);
    for text in [
        "",
        "+",
        "++",
        "name",
        &KEY.replace("7b6e8841", "7B6E8841"),
        &KEY.replace("7b6e8841", "7b6e8842"),
        &KEY.replace("+AQ", "+Ag"),
        &KEY.replace("acme", "acne"),
        &format!("{KEY}="),
        &format!(" {KEY}"),
        &format!("a+00000000+{long}"),
    ] {
        assert_eq!(text.parse::<VerifierKey>(), Err(NotAKey), "{text:.200}");
    }
    for name in ["", "a b", "a+b", "a\u{2003}b", "a\nb", "a\0"] {
        assert!(Signer::new(name, &[1; 32]).is_err(), "{name:?}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "[a\u{2014} \n+=A-Z]{0,200}", any in ".*") {
        for text in [text, any] {
            let _ = text.parse::<Note>();
            let _ = text.parse::<VerifierKey>();
            let _ = format!("{TEXT}\n{text}").parse::<Note>();
        }
    }
}
