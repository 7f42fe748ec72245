//! The full example: what its page says of its own requests, as a browser made them.

use serde_json::json;

use crate::driver::{Visit, see};
use crate::support::wire::serve;

#[path = "../../examples/full_stack.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod example;

#[tokio::test]
async fn the_page_of_the_full_example_shows_all_layers_at_work() {
    let address = serve(example::app()).await;
    let cells = |number: usize| {
        format!(
            "[...document.querySelectorAll('#sent tbody tr')].map(row => row.cells[{number}].textContent)"
        )
    };
    let visit = Visit::to(format!("http://{address}/"))
        .until("document.documentElement.dataset.shown === 'all' && tick.textContent !== '–'")
        .read("codings", &cells(1))
        .read("again", &cells(5))
        .read("kept", &cells(4))
        .read("stripped", "stripped.textContent")
        .read(
            "timing",
            "[...timing.children].map(bar => bar.firstChild.textContent)",
        )
        .read("tick", "tick.textContent.slice(0, 5)")
        .read("inline", "inline.textContent")
        .read("injected", "injected.textContent");
    let Some(seen) = see(&[visit]).await else {
        return;
    };
    let year = "a year";
    let expected = json!({
        "again": ["a new one, untagged", "304, no bytes", "304, no bytes", "304, no bytes", "304, no bytes"],
        "codings": ["zstd", "zstd", "zstd", "none", "zstd"],
        "injected": "One that somebody else put here did not.",
        "inline": "The one in this page ran.",
        "kept": ["private, no-cache", year, year, year, "no-cache"],
        "stripped": "48 members",
        "tick": "tick ",
        "timing": ["total", "db", "render", "cache"],
    });
    assert_eq!(json!(seen[0].read), expected);
    assert_eq!(seen[0].errors, [""; 0]);
    let [blocked] = &seen[0].console[..] else {
        panic!("{:?}", seen[0].console);
    };
    assert!(blocked.contains("inline script violates"), "{blocked}");
}
