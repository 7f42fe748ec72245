use super::*;
use proptest::prelude::*;

const XFF: &str = "x-forwarded-for";
const FWD: &str = "forwarded";

fn request(lines: &[(&str, &[u8])]) -> request::Parts {
    let mut request = http::Request::builder();
    for &(name, value) in lines {
        request = request.header(name, value);
    }
    request.body(()).unwrap().into_parts().0
}

/// The address that the function for `field` finds.
fn found(field: &str, proxies: usize, lines: &[(&str, &[u8])]) -> Option<IpAddr> {
    let request = request(lines);
    if field == XFF {
        behind_proxies(proxies).unwrap()(&request)
    } else {
        behind_proxies_forwarded(proxies).unwrap()(&request)
    }
}

#[track_caller]
fn check(field: &str, proxies: usize, lines: &[(&str, &str)], expected: Option<&str>) {
    let bytes: Vec<_> = lines
        .iter()
        .map(|&(name, value)| (name, value.as_bytes()))
        .collect();
    let found = found(field, proxies, &bytes);
    let expected = expected.map(|text| text.parse().unwrap());
    assert_eq!(found, expected, "{field}: {proxies} of {lines:?}");
}

#[test]
fn only_what_one_s_own_proxies_added_is_believed() {
    let spoofed = [(XFF, "6.6.6.6, 192.0.2.7,10.0.0.1")];
    check(XFF, 1, &spoofed, Some("10.0.0.1"));
    check(XFF, 2, &spoofed, Some("192.0.2.7"));
    check(XFF, 4, &spoofed, None);
    check(XFF, 1, &[], None);
    let lines = [(XFF, "6.6.6.6"), (XFF, "192.0.2.7")];
    check(XFF, 1, &lines, Some("192.0.2.7"));
    check(XFF, 1, &[(XFF, "192.0.2.7:80")], Some("192.0.2.7"));
    check(XFF, 1, &[(XFF, "2001:db8::7")], Some("2001:db8::7"));
    check(XFF, 1, &[(XFF, "[2001:db8::7]:80")], Some("2001:db8::7"));
    // The proxy wrote nothing, and the client the rest.
    check(XFF, 1, &[(XFF, "6.6.6.6, ")], None);
    check(FWD, 1, &[(FWD, "for=6.6.6.6, ")], None);
}

/// Finding 7. A proxy passes on the field that it does not write.
#[test]
fn only_the_field_that_the_user_named_is_read() {
    let lines = [(FWD, "for=6.6.6.6"), (XFF, "192.0.2.7")];
    check(XFF, 1, &lines, Some("192.0.2.7"));
    check(FWD, 1, &lines, Some("6.6.6.6"));
    check(XFF, 1, &lines[..1], None);
    check(FWD, 1, &lines[1..], None);
}

/// Finding 7. The proxy writes behind the client, on the client's line or on one of its own.
#[test]
fn a_quote_that_the_client_leaves_open_hides_no_element_of_a_proxy() {
    for start in [
        "for=6.6.6.6;x=\"",
        "for=6.6.6.6;x=\"\\",
        "for=6.6.6.6;x=\"a\\\"",
        "for=6.6.6.6, for=\"6.6.6.6",
        "\"",
        "\\",
        "for=6.6.6.6;",
        "for=6.6.6.6",
        "",
    ] {
        for element in [
            "for=192.0.2.7",
            "for=\"192.0.2.7:80\";by=a",
            "proto=https;For=192.0.2.7",
            "host=\"a\\\"b, for=6.6.6.6;for=6.6.6.6\";for=192.0.2.7",
        ] {
            let expected = Some("192.0.2.7");
            let joined = format!("{start}, {element}");
            check(FWD, 1, &[(FWD, &joined)], expected);
            check(FWD, 1, &[(FWD, start), (FWD, element)], expected);
            let twice = format!("{joined}, for=10.0.0.1");
            check(FWD, 2, &[(FWD, &twice)], expected);
            check(FWD, 2, &[(FWD, &joined), (FWD, "for=10.0.0.1")], expected);
        }
    }
}

/// Finding 7. A proxy that writes the host of the request writes what the client sent.
#[test]
fn a_parameter_in_quotes_is_not_a_parameter_of_the_element() {
    let line = "host=\"x;for=6.6.6.6\";for=192.0.2.7";
    check(FWD, 1, &[(FWD, line)], Some("192.0.2.7"));
    let line = "for=192.0.2.7;host=\"x, for=6.6.6.6\"";
    check(FWD, 1, &[(FWD, line)], Some("192.0.2.7"));
    check(FWD, 1, &[(FWD, "for=6.6.6.6;for=192.0.2.7")], None);
    check(FWD, 1, &[(FWD, "for=6.6.6.6;x=\"")], None);
    check(FWD, 1, &[(FWD, "x=\";for=192.0.2.7")], None);
}

#[test]
fn forwarded_has_many_forms() {
    let one = |value, expected| check(FWD, 1, &[(FWD, value)], expected);
    one("for=192.0.2.7", Some("192.0.2.7"));
    one("For=\"192.0.2.7:80\";by=a", Some("192.0.2.7"));
    one("for=\"[2001:db8::7]:80\"", Some("2001:db8::7"));
    one("for=\"[2001:db8::7]\"", Some("2001:db8::7"));
    one(" proto=https ; for=192.0.2.7 ", Some("192.0.2.7"));
    one("for=unknown", None);
    one("for=_hidden", None);
    one("proto=https", None);
    let two = [(FWD, "for=192.0.2.7, for=10.0.0.1")];
    check(FWD, 2, &two, Some("192.0.2.7"));
}

#[test]
fn nonsense_is_nobody() {
    for nonsense in [
        "",
        ",",
        "a",
        "999.1.1.1",
        "[::1",
        "\"",
        "\"192.0.2.7",
        "192.0.2.7\"",
        "192.0.2.7:99999",
        "for=",
        "for=\"",
        "for=\"192.0.2.7",
    ] {
        check(XFF, 1, &[(XFF, nonsense)], None);
        check(FWD, 1, &[(FWD, nonsense)], None);
    }
}

/// What a client may write: any bytes of a field value, most of them those that mean something.
fn written() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\"",
            "\\",
            ",",
            ";",
            "=",
            " ",
            "\t",
            "for=",
            "for=6.6.6.6",
            "6.6.6.6",
            "x",
            "[",
            ":",
            "\\\"",
            ", for=6.6.6.6",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        (0x80_u8..).prop_map(|byte| vec![byte]),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// How a proxy adds an element to what is there: on a line of its own, or on the last one.
fn add(lines: &mut Vec<Vec<u8>>, element: &str, own_line: bool) {
    match lines.last_mut() {
        Some(last) if !own_line => {
            last.extend_from_slice(b", ");
            last.extend_from_slice(element.as_bytes());
        }
        _ => lines.push(element.as_bytes().to_vec()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Finding 7. Whatever lines the client writes, the address is the one that the outermost proxy
    /// wrote.
    #[test]
    fn whatever_the_client_writes_the_address_is_the_proxy_s(
        client in prop::collection::vec(written(), 0..4),
        proxies in prop::collection::vec((0_usize..5, any::<bool>()), 1..4),
    ) {
        for field in [XFF, FWD] {
            let mut lines = client.clone();
            for (number, (form, own_line)) in proxies.iter().enumerate() {
                let text = format!("192.0.2.{number}");
                let element = match form {
                    _ if field == XFF => text,
                    0 => format!("for={text}"),
                    1 => format!("for=\"{text}:80\";proto=http"),
                    2 => format!("by=\"[2001:db8::1]\";for={text}"),
                    3 => format!("host=\"a\\\"b\\\\\";for={text}"),
                    _ => format!("For={text};host=\"x, for=6.6.6.6;for=6.6.6.6\""),
                };
                add(&mut lines, &element, *own_line);
            }
            let lines: Vec<_> = lines.iter().map(|line| (field, line.as_slice())).collect();
            let found = found(field, proxies.len(), &lines);
            prop_assert_eq!(found, Some(IpAddr::from([192, 0, 2, 0])), "{:?}", lines);
        }
    }
}

#[test]
fn a_client_behind_no_proxies_is_refused() {
    let expected = InvalidResponseTime::NoProxies;
    assert_eq!(behind_proxies(0).err(), Some(expected.clone()));
    assert_eq!(behind_proxies_forwarded(0).err(), Some(expected.clone()));
    assert_eq!(
        expected.to_string(),
        "0 proxies write no address; give the number of your proxies, or take the address from the \
         connection, such as axum's `ConnectInfo`"
    );
}
