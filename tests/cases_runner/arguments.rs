//! Which cases the command line asks for, in the words that every test program takes.

/// Options whose value may be the next argument.
const WITH_VALUE: &[&str] = &[
    "--color",
    "--format",
    "--logfile",
    "--shuffle-seed",
    "--skip",
    "--test-threads",
    "-Z",
];

#[derive(Debug, Default)]
pub(crate) struct Arguments {
    exact: bool,
    pub(crate) list: bool,
    skipped: Vec<String>,
    words: Vec<String>,
}

impl Arguments {
    /// Options that mean nothing here are passed over.
    pub(crate) fn read(arguments: impl IntoIterator<Item = String>) -> Self {
        let mut read = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if !argument.starts_with('-') {
                read.words.push(argument);
                continue;
            }
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None if WITH_VALUE.contains(&&*argument) => (&*argument, arguments.next()),
                None => (&*argument, None),
            };
            match name {
                "--exact" => read.exact = true,
                "--list" => read.list = true,
                "--skip" => read.skipped.extend(value),
                _ => {}
            }
        }
        read
    }

    pub(crate) fn want(&self, id: &str) -> bool {
        let names = |word: &String| match self.exact {
            true => id == word,
            false => id.contains(word),
        };
        let is_named = self.words.is_empty() || self.words.iter().any(names);
        is_named && !self.skipped.iter().any(names)
    }
}
