//! Host names, as policies name them.

/// Whether `text` is a host name in ASCII: labels of letters, digits and hyphens, with dots
/// between.
pub(super) fn is_host(text: &str) -> bool {
    let is_char = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_char);
    text.split('.').all(is_label)
}

/// The host without the `*.` that stands for every subdomain.
pub(super) fn without_wildcard(text: &str) -> &str {
    text.strip_prefix("*.").unwrap_or(text)
}

/// Whether `text` is the number of a port.
pub(super) fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h_11_hosts_have_labels() {
        for host in ["a", "a.example", "192.0.2.1", "xn--bcher-kva.example"] {
            assert!(is_host(host), "{host}");
            assert_eq!(without_wildcard(&format!("*.{host}")), host);
        }
        for text in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "*",
            "a b",
            "a_b",
            "\u{e9}.example",
        ] {
            assert!(!is_host(text), "{text}");
        }
        assert!(is_port("443"));
        assert!(!is_port("") && !is_port("*") && !is_port("+1"));
    }
}
