//! Bodies such as services send, the same every time.

use bytes::Bytes;

/// The bodies that whole responses are measured with.
pub fn bodies() -> [(&'static str, Bytes); 7] {
    [
        ("json-1k", json(1 << 10)),
        ("json-4k", json(4 << 10)),
        ("json-16k", json(16 << 10)),
        ("json-100k", json(100 << 10)),
        ("json-1m", json(1 << 20)),
        ("html-27k", html(27 << 10)),
        ("js-200k", js(200 << 10)),
    ]
}

/// Records of an API: ids, names, dates, floats, nested objects, some nulls.
pub fn json(length: usize) -> Bytes {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut text = String::from("[");
    while text.len() < length {
        let id = random.next();
        let (name, city) = (random.pick(NAMES), random.pick(CITIES));
        let (month, day, hour) = (id % 12 + 1, id % 28 + 1, id % 24);
        let (latitude, longitude) = (id % 180_000, id % 360_000);
        let parent = match id % 12 {
            0 => "null".to_owned(),
            other => format!("\"{:012x}\"", id >> other),
        };
        text.push_str(&format!(
            "{{\"id\":\"{id:016x}\",\"name\":\"{name}\",\"email\":\"{}@example.com\",\
             \"created\":\"2026-{month:02}-{day:02}T{hour:02}:00:00Z\",\"parent\":{parent},\
             \"place\":{{\"city\":\"{city}\",\"at\":[{:.3},{:.3}]}},\
             \"url\":\"https://api.example.com/v1/people/{id:016x}\"}},",
            name.to_lowercase(),
            latitude as f64 / 1000.0 - 90.0,
            longitude as f64 / 1000.0 - 180.0,
        ));
    }
    text.truncate(length);
    Bytes::from(text)
}

/// An array of records of an API, a whole JSON text, in which `percent` of the members are null.
pub fn records(length: usize, percent: u64) -> Bytes {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut text = String::from("[");
    while text.len() < length {
        let id = random.next();
        let (name, city) = (random.pick(NAMES), random.pick(CITIES));
        let (month, day, hour) = (id % 12 + 1, id % 28 + 1, id % 24);
        let mut or_null = |value: String| match random.next() % 100 {
            chance if chance < percent => "null".to_owned(),
            _ => value,
        };
        let separator = if text.len() > 1 { "," } else { "" };
        text.push_str(&format!(
            "{separator}{{\"id\":{},\"name\":{},\"email\":{},\"created\":{},\"parent\":{},\"active\":{},\
             \"score\":{},\"place\":{{\"city\":{},\"at\":[{:.3},{:.3}]}},\"url\":{}}}",
            or_null(format!("\"{id:016x}\"")),
            or_null(format!("\"{name}\"")),
            or_null(format!("\"{}@example.com\"", name.to_lowercase())),
            or_null(format!("\"2026-{month:02}-{day:02}T{hour:02}:00:00Z\"")),
            or_null(format!("\"{:012x}\"", id >> 16)),
            or_null((id & 1 == 0).to_string()),
            or_null((id % 100_000).to_string()),
            or_null(format!("\"{city}\"")),
            (id % 180_000) as f64 / 1000.0 - 90.0,
            (id % 360_000) as f64 / 1000.0 - 180.0,
            or_null(format!("\"https://api.example.com/v1/people/{id:016x}\"")),
        ));
    }
    text.push(']');
    Bytes::from(text)
}

/// A page of prose in paragraphs and lists.
pub fn html(length: usize) -> Bytes {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut text = String::from("<!doctype html><html lang=\"en\"><title>A page</title><body>");
    while text.len() < length {
        let words = random.next() % 40 + 10;
        text.push_str("<p class=\"text\">");
        for _ in 0..words {
            text.push_str(random.pick(WORDS));
            text.push(' ');
        }
        let target = random.pick(WORDS);
        text.push_str(&format!(
            "<a href=\"/articles/{target}\">{target}</a></p>\n"
        ));
    }
    text.truncate(length);
    Bytes::from(text)
}

/// A bundle of functions with short names.
pub fn js(length: usize) -> Bytes {
    let mut random = Random(0xda94_2042_e4dd_58b5);
    let mut text = String::from("\"use strict\";");
    while text.len() < length {
        let (name, other) = (random.pick(WORDS), random.pick(WORDS));
        let number = random.next() % 1000;
        text.push_str(&format!(
            "function {name}{number}(e,t){{if(e.{other}===null)return t.{name}({number});\
             for(var n=0;n<e.length;n++)t.push(e[n].{other}||\"{name}\");return t}}\n"
        ));
    }
    text.truncate(length);
    Bytes::from(text)
}

/// Bytes that no coding makes smaller.
pub fn noise(length: usize) -> Bytes {
    let mut random = Random(0x1234_5678_9abc_def1);
    std::iter::repeat_with(|| (random.next() >> 32) as u8)
        .take(length)
        .collect()
}

struct Random(u64);

impl Random {
    const fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.next() as usize % words.len()]
    }
}

const NAMES: &[&str] = &[
    "Ada",
    "Barbara",
    "Donald",
    "Edsger",
    "Frances",
    "Grace",
    "Hedy",
    "Katherine",
    "Linus",
    "Margaret",
    "Niklaus",
    "Radia",
];

const CITIES: &[&str] = &[
    "Aarhus", "Bilbao", "Cork", "Delft", "Espoo", "Ghent", "Kyoto", "Lima",
];

const WORDS: &[&str] = &[
    "able", "about", "bread", "carry", "change", "cloud", "every", "field", "garden", "handle",
    "island", "journey", "kettle", "letter", "market", "number", "open", "paper", "quiet", "river",
    "silver", "table", "under", "valley", "window", "yellow",
];
