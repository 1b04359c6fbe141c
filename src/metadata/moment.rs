//! Dates as pages write them.
//!
//! Takes a text, gives a [`Moment`]: ISO 8601 and what passes for it, RFC 2822, seconds since 1970, days in words in some twenty languages. A date
//! that may be read in two ways (01/02/2024) is not read. Does not know what the date is of.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::{rfc2822, temporal::Pieces};
use jiff::tz::Offset;

/// Years that a page may have been published in; others are mistakes.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// A moment as precise as the page gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) date: Date,
    time: Option<Time>,
    offset: Option<Offset>,
}

impl Moment {
    /// A day alone.
    pub(super) fn of_day(date: Date) -> Self {
        Self { date, time: None, offset: None }
    }

    pub(super) fn precision(&self) -> u8 {
        u8::from(self.time.is_some()) + u8::from(self.offset.is_some())
    }

    pub(super) fn write(&self) -> String {
        let mut text = self.date.to_string();
        if let Some(time) = self.time {
            let _ = write!(text, "T{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
            if let Some(offset) = self.offset {
                let seconds = offset.seconds();
                if seconds == 0 {
                    text.push('Z');
                } else {
                    let sign = if seconds < 0 { '-' } else { '+' };
                    let minutes = seconds.unsigned_abs() / 60;
                    let _ = write!(text, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
                }
            }
        }
        text
    }
}

pub(super) fn number_date(parts: &[&str]) -> Option<Date> {
    date(parts[0].parse().ok()?, parts[1].parse().ok()?, parts[2].parse().ok()?)
}

fn date(year: i16, month: i8, day: i8) -> Option<Date> {
    if !YEARS.contains(&year) {
        return None;
    }
    Date::new(year, month, day).ok()
}

/// Reads a date in a machine's form: ISO 8601 and what passes for it, RFC 2822, seconds or milliseconds since 1970; else as a text.
pub(super) fn read(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.is_empty() || text.len() > 200 {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return of_digits(text);
    }
    let found = of_pieces(text).or_else(|| of_pieces(&tidied(text))).or_else(|| of_mail(text)).or_else(|| read_text(text))?;
    YEARS.contains(&found.date.year()).then_some(found)
}

fn of_digits(text: &str) -> Option<Moment> {
    let seconds = match text.len() {
        8 => return Some(Moment { date: number_date(&[&text[..4], &text[4..6], &text[6..]])?, time: None, offset: None }),
        14 => {
            let date = number_date(&[&text[..4], &text[4..6], &text[6..8]])?;
            let time = Time::new(text[8..10].parse().ok()?, text[10..12].parse().ok()?, text[12..].parse().ok()?, 0).ok()?;
            return Some(Moment { date, time: Some(time), offset: None });
        }
        9 | 10 => text.parse::<i64>().ok()?,
        13 => text.parse::<i64>().ok()? / 1000,
        _ => return None,
    };
    let moment = Offset::UTC.to_datetime(Timestamp::from_second(seconds).ok()?);
    Some(Moment { date: moment.date(), time: Some(moment.time()), offset: Some(Offset::UTC) })
}

fn of_pieces(text: &str) -> Option<Moment> {
    let pieces = Pieces::parse(text).ok()?;
    let time = pieces.time();
    Some(Moment { date: pieces.date(), time, offset: time.and_then(|_| pieces.to_numeric_offset()) })
}

fn of_mail(text: &str) -> Option<Moment> {
    let moment = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_zoned_datetime(text).ok()?;
    Some(Moment { date: moment.date(), time: Some(moment.time()), offset: Some(moment.offset()) })
}

/// What keeps a date from being ISO 8601: slashes, one digit for month or day, a space before the zone, the zone's name, what follows after it.
fn tidied(text: &str) -> String {
    let mut words = text.split_whitespace();
    let (day, time) = words.next().unwrap_or_default().split_once('T').map_or_else(
        || (text.split_whitespace().next().unwrap_or_default(), words.next().unwrap_or_default().to_owned()),
        |(day, time)| (day, time.to_owned()),
    );
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let is_date =
        parts.len() == 3 && parts[0].len() == 4 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if !is_date {
        return String::new();
    }
    let mut out = format!("{}-{:0>2}-{:0>2}", parts[0], parts[1], parts[2]);
    let time = if time.find(':') == Some(1) { format!("0{time}") } else { time };
    let has_time = time.len() >= 5 && time.is_char_boundary(5) && time.as_bytes()[2] == b':';
    if has_time {
        out.push('T');
        out.push_str(&time);
        let zone = text.split_whitespace().last().unwrap_or_default();
        let is_offset = zone.starts_with(['+', '-']) && zone.bytes().skip(1).all(|byte| byte.is_ascii_digit() || byte == b':');
        if !time.contains(['+', 'Z']) && !time.contains('-') {
            match zone {
                "UTC" | "GMT" | "Z" => out.push('Z'),
                zone if is_offset => out.push_str(zone),
                _ => {}
            }
        }
    }
    out
}

/// The first letters of months in languages with letters, by month; each is long enough to be of that month alone.
const MONTHS: [&[&str]; 12] = [
    &["jan", "janv", "ene", "gen", "gennaio", "sty", "led", "янв", "січ", "tammi", "oca", "ιαν", "ian", "styczn"],
    &["feb", "fév", "fev", "febr", "lut", "úno", "фев", "лют", "helmi", "şub", "φεβ", "luteg"],
    &["mar", "mär", "maerz", "mrt", "břez", "мар", "бер", "maalis", "már", "μαρ", "maart"],
    &["apr", "avr", "abr", "kwi", "dub", "апр", "кві", "huhti", "ápr", "nis", "απρ"],
    &["may", "mai", "maj", "mag", "mei", "kvě", "мая", "май", "тра", "touko", "máj", "μαΐ", "μάι"],
    &["jun", "juin", "giu", "cze", "červn", "июн", "чер", "kesä", "jún", "haz", "ιουν", "iun"],
    &["jul", "juil", "lug", "lip", "července", "июл", "лип", "heinä", "júl", "tem", "ιουλ", "iul"],
    &["aug", "août", "aout", "ago", "sie", "srp", "авг", "сер", "elo", "ağu", "αυγ"],
    &["sep", "set", "wrz", "zář", "сен", "вер", "syys", "szept", "eyl", "σεπ"],
    &["oct", "okt", "out", "ott", "paź", "říj", "окт", "жов", "loka", "eki", "οκτ"],
    &["nov", "lis", "ноя", "marras", "kas", "νοε", "noi"],
    &["dec", "dez", "déc", "dic", "gru", "pros", "дек", "гру", "joulu", "ara", "δεκ"],
];

/// Reads a date in words or numbers within a short text: "26 avril 2024", "April 26, 2024", "26.04.2024", "2024年4月26日". A time of day
/// beside it is read, a zone is not.
pub(super) fn read_text(text: &str) -> Option<Moment> {
    let text = text.to_lowercase();
    let date = of_east(&text).or_else(|| of_words(&text)).or_else(|| of_numbers(&text))?;
    Some(Moment { date, time: None, offset: None })
}

/// `2024年4月26日`, `2024년 4월 26일`.
fn of_east(text: &str) -> Option<Date> {
    let at = text.find(['年', '년'])?;
    let numbers = |text: &str| -> Vec<i16> { text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect() };
    let year = *numbers(&text[..at]).last()?;
    let rest = numbers(&text[at..]);
    date(year, i8::try_from(*rest.first()?).ok()?, i8::try_from(*rest.get(1)?).ok()?)
}

fn of_words(text: &str) -> Option<Date> {
    let tokens: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).collect();
    let small = |token: &str| -> Option<i8> {
        let digits = token.trim_end_matches(|c: char| c.is_alphabetic());
        digits.parse().ok().filter(|day| (1..=31).contains(day) && digits.len() <= 2 && token.len() <= digits.len() + 2)
    };
    let year = |token: &str| -> Option<i16> { token.parse().ok().filter(|year| token.len() == 4 && YEARS.contains(year)) };
    for (at, token) in tokens.iter().enumerate() {
        let Some(month) = month_of(token) else { continue };
        let after = |offset: usize| tokens.get(at + offset).copied().filter(|token| *token != "de" && *token != "del");
        let before = |offset: usize| at.checked_sub(offset).map(|at| tokens[at]);
        let day_before = before(1).filter(|token| *token != "de").or_else(|| before(2)).and_then(small);
        let candidates = [
            (day_before, after(1).or_else(|| after(2)).and_then(year)),
            (after(1).and_then(small), after(2).and_then(year)),
            (after(1).and_then(small), before(1).and_then(year)),
        ];
        let found = candidates.into_iter().find_map(|(day, year)| date(year?, month, day?));
        if found.is_some() {
            return found;
        }
    }
    None
}

fn month_of(token: &str) -> Option<i8> {
    if token.chars().count() < 3 || token.chars().next().is_some_and(char::is_numeric) || token.chars().count() > 12 {
        return None;
    }
    let longest = |names: &&[&str]| names.iter().filter(|name| token.starts_with(**name)).map(|name| name.len()).max().unwrap_or(0);
    let (month, length) =
        MONTHS.iter().map(longest).enumerate().fold((0, 0), |best, (month, length)| if length > best.1 { (month, length) } else { best });
    (length > 0).then(|| i8::try_from(month + 1).ok()).flatten()
}

/// `26.04.2024`, `2024/4/26`; `4/26/2024` and `26/4/2024` where the day is beyond 12.
fn of_numbers(text: &str) -> Option<Date> {
    for token in text.split(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '/' | '-')) {
        let token = token.trim_matches(['.', '/', '-']);
        let parts: Vec<&str> = token.split(['.', '/', '-']).collect();
        let [first, second, third] = parts.as_slice() else { continue };
        let number = |part: &str| part.parse::<i16>().ok().filter(|_| part.len() <= 4);
        let (Some(a), Some(b), Some(c)) = (number(first), number(second), number(third)) else { continue };
        let small = |number: i16| i8::try_from(number).ok();
        let found = if first.len() == 4 {
            date(a, small(b)?, small(c)?)
        } else if third.len() != 4 {
            None
        } else if token.contains('.') || a > 12 || a == b {
            date(c, small(b)?, small(a)?)
        } else if b > 12 {
            date(c, small(a)?, small(b)?)
        } else {
            None
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> String {
        read(text).map(|moment| moment.write()).unwrap_or_default()
    }

    #[test]
    fn machines_forms_keep_their_precision_and_zone() {
        for (text, expected) in [
            ("2024-04-26T10:00:00+02:00", "2024-04-26T10:00:00+02:00"),
            ("2024-04-26T10:00:00.123Z", "2024-04-26T10:00:00Z"),
            ("2024-04-26 10:00:00 +0200", "2024-04-26T10:00:00+02:00"),
            ("2024-04-26T10:00:00-0430", "2024-04-26T10:00:00-04:30"),
            ("2024/4/6 9:05", "2024-04-06T09:05:00"),
            ("2024-04-26 10:00:00 UTC", "2024-04-26T10:00:00Z"),
            ("2024-04-26", "2024-04-26"),
            ("20240426", "2024-04-26"),
            ("1714118400", "2024-04-26T08:00:00Z"),
            ("1714118400000", "2024-04-26T08:00:00Z"),
            ("Fri, 26 Apr 2024 10:00:00 GMT", "2024-04-26T10:00:00Z"),
            ("Fri, 26 Apr 2024 10:00:00 -0500", "2024-04-26T10:00:00-05:00"),
        ] {
            assert_eq!(iso(text), expected, "{text}");
        }
    }

    #[test]
    fn dates_in_words_are_read_in_many_languages() {
        for text in [
            "April 26, 2024",
            "Published: Apr 26th, 2024 | Food",
            "26 avril 2024 à 10h",
            "26. April 2024",
            "26 de abril de 2024",
            "26 апреля 2024",
            "2024年4月26日",
            "2024년 4월 26일",
            "26.04.2024, 10:00 Uhr",
            "4/26/2024",
            "26/04/2024",
        ] {
            assert_eq!(iso(text), "2024-04-26", "{text}");
        }
        for text in ["", "01/02/2024", "in May 2024", "26 of 2024", "3000-01-01", "Chapter 4.26.1", "２０２４", "é"] {
            assert_eq!(iso(text), "", "{text}");
        }
    }
}
