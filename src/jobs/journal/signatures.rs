//! Signed addresses in what is kept of an ended job: they open what they point at, so their signed part goes.

use serde_json::Value;

/// Parts of the names of parameters that sign an address or carry a secret.
const SIGNING: [&str; 10] =
    ["sig", "token", "key", "secret", "auth", "credential", "policy", "expires", "pass", "hmac"];
/// What a draft's file says once its address is no longer whole.
const CUT: &str = "Its address was signed, and the signature is not kept: enter the address again.";

/// JSON in which no address has a query: HeyGen's answers, whose addresses are all presigned.
pub(super) fn cut_all(answer: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(answer) else { return String::new() };
    each_text(&mut value, &mut |text| {
        if text.starts_with("http")
            && let Some(end) = text.find(['?', '#'])
        {
            text.truncate(end);
        }
    });
    value.to_string()
}

/// A request in which no address is signed; as it was where none is.
pub(super) fn cut_signed(request: &[u8]) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(request) else { return request.to_vec() };
    let mut is_cut = false;
    each_text(&mut value, &mut |text| is_cut |= cut(text));
    if is_cut { value.to_string().into_bytes() } else { request.to_vec() }
}

/// A draft without the signatures of the files it names by address. Such a file says that its address has to
/// be entered again, so that nothing else is fetched in its stead.
pub(super) fn forget_in_draft(draft: &str) -> String {
    fn forget(value: &mut Value, is_cut: &mut bool) {
        match value {
            Value::Array(values) => values.iter_mut().for_each(|value| forget(value, is_cut)),
            Value::Object(fields) => {
                if fields.contains_key("media_type")
                    && let Some(Value::String(address)) = fields.get_mut("address")
                    && cut(address)
                {
                    fields.insert("fault".to_owned(), Value::String(CUT.to_owned()));
                    *is_cut = true;
                }
                fields.values_mut().for_each(|value| forget(value, is_cut));
            }
            _ => {}
        }
    }
    let Ok(mut value) = serde_json::from_str::<Value>(draft) else { return draft.to_owned() };
    let mut is_cut = false;
    forget(&mut value, &mut is_cut);
    if is_cut { value.to_string() } else { draft.to_owned() }
}

/// Cuts the query off an address that is signed. `dl=1` and the like stay: without them it is another file.
fn cut(address: &mut String) -> bool {
    if !address.starts_with("http") || address.contains(char::is_whitespace) {
        return false;
    }
    let Some(start) = address.find('?') else { return false };
    let query = address.get(start..).unwrap_or_default().trim_start_matches('?');
    let is_signed = query.split(['&', '#']).any(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = name.to_lowercase();
        SIGNING.iter().any(|part| name.contains(part)) || value.len() >= 32
    });
    if is_signed {
        address.truncate(start);
    }
    is_signed
}

fn each_text(value: &mut Value, change: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(values) => values.iter_mut().for_each(|value| each_text(value, change)),
        Value::Object(fields) => fields.values_mut().for_each(|value| each_text(value, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_go_and_what_tells_files_apart_stays() {
        #[track_caller]
        fn check(address: &str, expected: &str) {
            let mut kept = address.to_owned();
            assert_eq!((cut(&mut kept), kept.as_str()), (address != expected, expected));
        }
        check("https://a.example/film.mp4?X-Amz-Signature=abc&X-Amz-Expires=60", "https://a.example/film.mp4");
        check("https://a.example/film.mp4?se=1&SIG=abc", "https://a.example/film.mp4");
        check("https://a.example/f?h=0123456789abcdef0123456789abcdef", "https://a.example/f");
        check("https://a.example/film.mp4?dl=1", "https://a.example/film.mp4?dl=1");
        check("https://a.example/watch?v=abc&t=3", "https://a.example/watch?v=abc&t=3");
        check("say token=1? or not", "say token=1? or not");
    }

    #[test]
    fn a_cut_file_asks_for_its_address_again_and_the_words_stay() {
        let script = "http is a protocol?token=1";
        let draft = format!(
            r#"{{"script":"{script}","video":{{"address":"https://a.example/f.mp4?token=x","media_type":"video/mp4"}}}}"#
        );
        let kept: Value = serde_json::from_str(&forget_in_draft(&draft)).unwrap();
        assert_eq!(kept["script"], script);
        assert_eq!(kept["video"]["address"], "https://a.example/f.mp4");
        assert_eq!(kept["video"]["fault"], CUT);
        let plain = r#"{"b":{"media_type":null,"address":"https://a.example/f?dl=1"},"a":1}"#;
        assert_eq!(forget_in_draft(plain), plain);
    }
}
