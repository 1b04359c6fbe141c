//! The doctype, as far as the tree depends on it.
//!
//! Takes the source after `<!DOCTYPE`, gives where the declaration ends and whether it puts the page into quirks mode (where a table may stand
//! in a paragraph). Knows nothing of the tree.

/// Public identifiers that begin so mean quirks mode (from the standard's "initial" insertion mode; compared without case).
const QUIRKY_PREFIXES: &[&str] = &[
    "-//advasoft ltd//dtd html 3.0 aswedit + extensions//",
    "-//as//dtd html 3.0 aswedit + extensions//",
    "-//ietf//dtd html 2.0 level 1//",
    "-//ietf//dtd html 2.0 level 2//",
    "-//ietf//dtd html 2.0 strict level 1//",
    "-//ietf//dtd html 2.0 strict level 2//",
    "-//ietf//dtd html 2.0 strict//",
    "-//ietf//dtd html 2.0//",
    "-//ietf//dtd html 2.1e//",
    "-//ietf//dtd html 3.0//",
    "-//ietf//dtd html 3.2 final//",
    "-//ietf//dtd html 3.2//",
    "-//ietf//dtd html 3//",
    "-//ietf//dtd html level 0//",
    "-//ietf//dtd html level 1//",
    "-//ietf//dtd html level 2//",
    "-//ietf//dtd html level 3//",
    "-//ietf//dtd html strict level 0//",
    "-//ietf//dtd html strict level 1//",
    "-//ietf//dtd html strict level 2//",
    "-//ietf//dtd html strict level 3//",
    "-//ietf//dtd html strict//",
    "-//ietf//dtd html//",
    "-//metrius//dtd metrius presentational//",
    "-//microsoft//dtd internet explorer 2.0 html strict//",
    "-//microsoft//dtd internet explorer 2.0 html//",
    "-//microsoft//dtd internet explorer 2.0 tables//",
    "-//microsoft//dtd internet explorer 3.0 html strict//",
    "-//microsoft//dtd internet explorer 3.0 html//",
    "-//microsoft//dtd internet explorer 3.0 tables//",
    "-//netscape comm. corp.//dtd html//",
    "-//netscape comm. corp.//dtd strict html//",
    "-//o'reilly and associates//dtd html 2.0//",
    "-//o'reilly and associates//dtd html extended 1.0//",
    "-//o'reilly and associates//dtd html extended relaxed 1.0//",
    "-//softquad software//dtd hotmetal pro 6.0::19990601::extensions to html 4.0//",
    "-//softquad//dtd hotmetal pro 4.0::19971010::extensions to html 4.0//",
    "-//spyglass//dtd html 2.0 extended//",
    "-//sq//dtd html 2.0 hotmetal + extensions//",
    "-//sun microsystems corp.//dtd hotjava html//",
    "-//sun microsystems corp.//dtd hotjava strict html//",
    "-//w3c//dtd html 3 1995-03-24//",
    "-//w3c//dtd html 3.2 draft//",
    "-//w3c//dtd html 3.2 final//",
    "-//w3c//dtd html 3.2//",
    "-//w3c//dtd html 3.2s draft//",
    "-//w3c//dtd html 4.0 frameset//",
    "-//w3c//dtd html 4.0 transitional//",
    "-//w3c//dtd html experimental 19960712//",
    "-//w3c//dtd html experimental 970421//",
    "-//w3c//dtd w3 html//",
    "-//w3o//dtd w3 html 3.0//",
    "-//webtechs//dtd mozilla html 2.0//",
    "-//webtechs//dtd mozilla html//",
];

/// Public identifiers that mean quirks mode as a whole.
const QUIRKY_PUBLIC: &[&str] = &["-//w3o//dtd w3 html strict 3.0//en//", "-/w3c/dtd html 4.0 transitional/en", "html"];

/// The system identifier that means quirks mode.
const QUIRKY_SYSTEM: &str = "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd";

/// Public identifiers that begin so mean quirks mode when there is no system identifier.
const QUIRKY_ALONE: &[&str] = &["-//w3c//dtd html 4.01 frameset//", "-//w3c//dtd html 4.01 transitional//"];

/// What a doctype says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doctype {
    /// Whether the page is in quirks mode.
    pub(super) quirks: bool,
    /// Where the source goes on.
    pub(super) end: usize,
}

/// Reads the doctype whose keyword ends at `at`.
pub(super) fn read(source: &str, at: usize) -> Doctype {
    let mut reader = Reader { bytes: source.as_bytes(), at };
    let mut ids = Ids::default();
    let name = reader.name();
    let complete = match name {
        Some(_) => reader.ids(&mut ids),
        None => false,
    };
    let end = reader.past_end();
    let quirks = !complete || !name.is_some_and(|name| name.eq_ignore_ascii_case(b"html")) || ids.are_quirky();
    Doctype { quirks, end }
}

#[derive(Default)]
struct Ids<'s> {
    public: Option<&'s [u8]>,
    system: Option<&'s [u8]>,
}

impl Ids<'_> {
    fn are_quirky(&self) -> bool {
        if self.system.is_some_and(|id| id.eq_ignore_ascii_case(QUIRKY_SYSTEM.as_bytes())) {
            return true;
        }
        let Some(public) = self.public else { return false };
        let begins = |prefixes: &[&str]| {
            prefixes.iter().any(|prefix| public.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes())))
        };
        QUIRKY_PUBLIC.iter().any(|id| public.eq_ignore_ascii_case(id.as_bytes()))
            || begins(QUIRKY_PREFIXES)
            || (self.system.is_none() && begins(QUIRKY_ALONE))
    }
}

struct Reader<'s> {
    bytes: &'s [u8],
    at: usize,
}

impl<'s> Reader<'s> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b'\t' | b'\n' | b'\x0c' | b' ')) {
            self.at += 1;
        }
    }

    fn name(&mut self) -> Option<&'s [u8]> {
        self.skip_space();
        let start = self.at;
        while !matches!(self.peek(), None | Some(b'\t' | b'\n' | b'\x0c' | b' ' | b'>')) {
            self.at += 1;
        }
        (self.at > start).then(|| &self.bytes[start..self.at])
    }

    /// Reads the identifiers; `false` when the declaration is broken so that the page is in quirks mode whatever they say.
    fn ids(&mut self, ids: &mut Ids<'s>) -> bool {
        self.skip_space();
        let keyword = self.bytes.get(self.at..self.at + 6).unwrap_or_default();
        let public = keyword.eq_ignore_ascii_case(b"public");
        if !public && !keyword.eq_ignore_ascii_case(b"system") {
            return self.peek() == Some(b'>');
        }
        self.at += 6;
        let Some(id) = self.quoted() else { return false };
        if public {
            ids.public = Some(id);
            self.skip_space();
            match self.peek() {
                Some(b'>') => return true,
                Some(b'"' | b'\'') => {}
                _ => return false,
            }
            let Some(system) = self.quoted() else { return false };
            ids.system = Some(system);
        } else {
            ids.system = Some(id);
        }
        self.skip_space();
        // What follows the system identifier is passed over; only the end of the source there means quirks mode.
        self.peek().is_some()
    }

    fn quoted(&mut self) -> Option<&'s [u8]> {
        self.skip_space();
        let quote = self.peek().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let start = self.at + 1;
        let end = start + memchr::memchr2(quote, b'>', &self.bytes[start..])?;
        if self.bytes[end] == quote {
            self.at = end + 1;
            Some(&self.bytes[start..end])
        } else {
            self.at = end;
            None
        }
    }

    fn past_end(&self) -> usize {
        memchr::memchr(b'>', &self.bytes[self.at..]).map_or(self.bytes.len(), |offset| self.at + offset + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quirks_follow_the_identifiers() {
        let quirks = |source: &str| read(source, 0).quirks;
        assert!(!quirks(" html>"));
        assert!(!quirks("html>"));
        assert!(quirks(" html"));
        assert!(quirks(">"));
        assert!(quirks(" svg>"));
        assert!(quirks(" HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\">"));
        assert!(!quirks(" HTML PUBLIC '-//W3C//DTD HTML 4.01 Transitional//EN' 'http://x'>"));
        assert!(quirks(" HTML PUBLIC \"-//W3C//DTD HTML 3.2//EN\" ''>"));
        assert!(quirks(" html PUBLIC>"));
        assert!(!quirks(" html SYSTEM 'about:legacy-compat'>"));
        assert_eq!(read(" html SYSTEM 'a>b'>c", 0).end, 16);
    }
}
