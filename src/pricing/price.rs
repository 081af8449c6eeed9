//! From a billable to its quote.

use rust_decimal::Decimal;

use super::card::Rate;
use super::quote::{Line, Quote, Span, Total};
use super::service::{Service, Unit, can_render, is_uhd};
use super::{Pace, RateCard, exact};
use crate::draft::billable::{Creation, Face, Mode};
use crate::draft::{Alternative, AvatarType, Billable, Choice, Engine, Length, Resolution};
use crate::money::Usd;

/// What `billable` costs on `card`, with speech lengths estimated at `pace`.
#[must_use]
pub fn quote(card: &RateCard, billable: &Billable, pace: &Pace) -> Quote {
    let mut quote = Quote {
        total: Total::Exact(Usd::ZERO),
        lines: Vec::new(),
        assumptions: Vec::new(),
        basis: None,
        seconds: None,
        card_date: String::new(),
    };
    quote.total = match priced(card, billable, pace, &mut quote) {
        Ok(total) if total.is_exact() => Total::Exact(total.likely),
        Ok(total) => Total::Range(total),
        Err(reason) => Total::Unknown(reason),
    };
    if quote.card_date.is_empty() {
        card.date().clone_into(&mut quote.card_date);
    }
    quote
}

/// One way of making the same thing, and what it costs.
#[derive(Clone, Debug)]
pub struct PricedWay {
    pub choice: Choice,
    /// Its quote, or why it cannot be made so.
    pub quote: Result<Quote, String>,
    /// It is how the thing would be made now.
    pub selected: bool,
}

/// What each way of making a thing costs: those that a draft allows, or [`Billable::ways`].
#[must_use]
pub fn priced_ways(card: &RateCard, ways: Vec<Alternative>, pace: &Pace) -> Vec<PricedWay> {
    ways.into_iter()
        .map(|Alternative { choice, billable, selected }| PricedWay {
            choice,
            quote: billable.map(|billable| quote(card, &billable, pace)),
            selected,
        })
        .collect()
}

/// What an output of `seconds` and `pieces` (clips) costs at a rate: the quantity in the rate's unit, and
/// rate × quantity with every digit. `None` where the length is needed and not known, or where the digits
/// do not fit.
#[must_use]
pub fn charge(rate: Usd, unit: Unit, seconds: Option<Decimal>, pieces: u32) -> Option<(Decimal, Usd)> {
    let of = |quantity: Decimal| exact::times(quantity, rate.0);
    match unit {
        Unit::Second => Some((seconds?, Usd(of(seconds?)?))),
        Unit::Minute => Some((exact::sixtieth(seconds?)?, Usd(exact::sixtieth(of(seconds?)?)?))),
        Unit::Clip => Some((Decimal::from(pieces), Usd(of(Decimal::from(pieces))?))),
        Unit::Video | Unit::Call => Some((Decimal::ONE, rate)),
    }
}

/// How a billable is charged: the service, how often, and what the line says.
struct Charge<'a> {
    service: Service,
    label: String,
    /// `None` for a count.
    length: Option<&'a Length>,
    times: u32,
}

pub(super) const TOO_LARGE: &str = "The figures are too large to be priced exactly.";

/// Fills in everything but the total, and returns that; an error says why there is none.
fn priced(card: &RateCard, billable: &Billable, pace: &Pace, quote: &mut Quote) -> Result<Span<Usd>, String> {
    let charge = match billable {
        Billable::AvatarVideo { face, engine, engine_assumed, resolution, length } => {
            avatar_video(*face, *engine, *engine_assumed, *resolution, length, &mut quote.assumptions)?
        }
        Billable::Cinematic => counted(Service::Cinematic, "Cinematic avatar", 1),
        Billable::VideoAgent { length } => {
            if matches!(length, Length::Between(..)) {
                let words = "The agent decides the length: counted from 0.6 to 1.5 times the one you ask for.";
                quote.assumptions.push(words.to_owned());
            }
            timed(Service::VideoAgent, "Video agent".to_owned(), length)
        }
        Billable::HyperFrames { resolution, fps, length } => {
            if *resolution == Resolution::P720 {
                return Err("HyperFrames renders 1080p and 4K.".to_owned());
            }
            let service = Service::HyperFrames { uhd: is_uhd(*resolution), fps: *fps };
            timed(service, format!("HyperFrames, {}, {fps} fps", resolution.name()), length)
        }
        Billable::Realtime { length } => timed(Service::Realtime, "Avatar Realtime, session time".to_owned(), length),
        Billable::Translation { mode, audio_only, languages, length } => {
            let how = if *audio_only { "audio only" } else { "lip sync" };
            let label = match languages {
                1 => format!("Translation, {}, {how}", mode_name(*mode)),
                many => format!("Translation, {}, {how}, {many} languages", mode_name(*mode)),
            };
            let service = Service::Translation { mode: *mode, audio_only: *audio_only };
            Charge { service, label, length: Some(length), times: *languages }
        }
        Billable::Lipsync { mode, length } => {
            timed(Service::Lipsync(*mode), format!("Lipsync, {}", mode_name(*mode)), length)
        }
        Billable::Clips { clips } => counted(Service::Clip, "Highlight clips", *clips),
        Billable::Speech { length } => timed(Service::Speech, "Speech, Starfish".to_owned(), length),
        Billable::AvatarCreation(creation) => {
            let label = match creation {
                Creation::DigitalTwin => "New digital twin",
                Creation::Photo => "New photo avatar",
                Creation::Prompt => "New avatar from a prompt",
            };
            counted(Service::Creation(*creation), label, 1)
        }
        Billable::Free { why } => {
            quote.assumptions.push(why.clone());
            return Ok(Span::exact(Usd::ZERO));
        }
        Billable::Unpriced { reason } => return Err(reason.clone()),
        Billable::Several { what, parts } => return several(card, what, parts, pace, quote),
    };
    let seconds = charge.length.map(|length| seconds_of(length, pace, quote)).transpose();
    let rate = card.rate(charge.service).ok_or_else(|| no_rate(card, charge.service))?;
    rate.date.as_ref().clone_into(&mut quote.card_date);
    let line = line(rate, charge.label, seconds?, charge.times).ok_or_else(|| TOO_LARGE.to_owned())?;
    let amount = line.amount;
    quote.lines.push(line);
    Ok(amount)
}

fn counted(service: Service, label: &str, times: u32) -> Charge<'static> {
    Charge { service, label: label.to_owned(), length: None, times }
}

fn timed(service: Service, label: String, length: &Length) -> Charge<'_> {
    Charge { service, label, length: Some(length), times: 1 }
}

fn avatar_video<'a>(
    face: Face,
    engine: Engine,
    engine_assumed: bool,
    resolution: Option<Resolution>,
    length: &'a Length,
    assumptions: &mut Vec<String>,
) -> Result<Charge<'a>, String> {
    let look = match face {
        Face::Look(look) => look,
        Face::Image if engine == Engine::AvatarIv => {
            assumptions.push("An animated image is taken as a photo avatar on Avatar IV.".to_owned());
            AvatarType::PhotoAvatar
        }
        Face::Image => return Err(format!("A raw image cannot be animated on {}; Avatar IV can.", engine.name())),
        Face::UnknownLook if engine == Engine::AvatarV => {
            assumptions.push("Avatar V takes digital twins only, so the look is taken as one.".to_owned());
            AvatarType::DigitalTwin
        }
        Face::UnknownLook => {
            return Err(format!("What {} costs depends on the kind of the look, which is not known.", engine.name()));
        }
    };
    if !can_render(engine, look) {
        return Err(format!("{} takes digital twins only.", engine.name()));
    }
    if engine_assumed {
        assumptions.push(format!("No engine is named: HeyGen then uses {}.", engine.name()));
    }
    let mut label = String::with_capacity(40);
    let said = match face {
        Face::Image => "Animated image",
        Face::Look(_) | Face::UnknownLook => look.name(),
    };
    for part in [said, ", ", engine.name()] {
        label.push_str(part);
    }
    match resolution {
        Some(resolution) => {
            label.push_str(", ");
            label.push_str(resolution.name());
        }
        None => assumptions.push("No resolution is named: taken as 720p or 1080p, which cost the same.".to_owned()),
    }
    let service = Service::AvatarVideo { engine, look, uhd: resolution.is_some_and(is_uhd) };
    Ok(Charge { service, label, length: Some(length), times: 1 })
}

/// The parts one after another, added up; unknown as soon as one part is.
fn several(
    card: &RateCard,
    what: &str,
    parts: &[Billable],
    pace: &Pace,
    quote: &mut Quote,
) -> Result<Span<Usd>, String> {
    if let [first @ Billable::HyperFrames { .. }, rest @ ..] = parts
        && !rest.is_empty()
        && rest.iter().all(|part| part == first)
    {
        return alike(card, first, parts.len(), pace, quote);
    }
    let mut sum = Span::exact(Usd::ZERO);
    let mut seconds: Option<Span<Decimal>> = None;
    let mut unknown = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let number = at + 1;
        let mut of_part = super::quote(card, part, pace);
        for line in &mut of_part.lines {
            line.label = format!("{} {number}: {}", capitalised(what), line.label);
        }
        quote.lines.append(&mut of_part.lines);
        for assumption in of_part.assumptions {
            if !quote.assumptions.contains(&assumption) {
                quote.assumptions.push(assumption);
            }
        }
        // The widest guess is the one to show; the first stands for it.
        if quote.basis.is_none() {
            quote.basis = of_part.basis;
        }
        // The oldest card is the one to doubt.
        if quote.card_date.is_empty() || of_part.card_date < quote.card_date {
            quote.card_date = of_part.card_date;
        }
        if let Some(more) = of_part.seconds {
            let before = seconds.unwrap_or(Span::exact(Decimal::ZERO));
            seconds = Some(combine(before, more, exact::plus).ok_or_else(|| TOO_LARGE.to_owned())?);
        }
        match of_part.total {
            Total::Unknown(reason) => unknown.push(format!("{what} {number}: {reason}")),
            Total::Exact(amount) => sum = add(sum, Span::exact(amount))?,
            Total::Range(span) => sum = add(sum, span)?,
        }
    }
    quote.seconds = seconds;
    match (parts.len(), unknown.first()) {
        (0, _) => Err(format!("There is no {what} in it.")),
        (_, None) => Ok(sum),
        (1, Some(reason)) => Err(capitalised(reason)),
        (count, Some(reason)) if unknown.len() == 1 => Err(format!("One {what} of {count} has no price, {reason}")),
        (count, Some(reason)) => Err(format!("{} {what}s of {count} have no price; {reason}", unknown.len())),
    }
}

/// Many renders that cost the same are one line.
fn alike(card: &RateCard, part: &Billable, count: usize, pace: &Pace, quote: &mut Quote) -> Result<Span<Usd>, String> {
    let one = super::quote(card, part, pace);
    quote.card_date = one.card_date;
    quote.assumptions = one.assumptions;
    let times = u32::try_from(count).map_err(|_| TOO_LARGE.to_owned())?;
    let many = Decimal::from(times);
    let all = |amount: Span<Usd>| combine(amount, amount, |each, _| exact::times(each.0, many).map(Usd));
    if let Some(length) = one.seconds {
        let seconds = combine(length, length, |each, _| exact::times(each, many));
        quote.seconds = Some(seconds.ok_or_else(|| TOO_LARGE.to_owned())?);
    }
    for line in one.lines {
        let amount = all(line.amount).ok_or_else(|| TOO_LARGE.to_owned())?;
        let label = format!("{count} × {}", line.label);
        quote.lines.push(Line { label, amount, times: line.times.saturating_mul(times), ..line });
    }
    match one.total.span() {
        Some(total) => all(total).ok_or_else(|| TOO_LARGE.to_owned()),
        None => match one.total {
            Total::Unknown(reason) => Err(reason),
            Total::Exact(_) | Total::Range(_) => Err(TOO_LARGE.to_owned()),
        },
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn add(a: Span<Usd>, b: Span<Usd>) -> Result<Span<Usd>, String> {
    combine(a, b, |a, b| exact::plus(a.0, b.0).map(Usd)).ok_or_else(|| TOO_LARGE.to_owned())
}

fn combine<T: Copy, U>(a: Span<T>, b: Span<T>, with: impl Fn(T, T) -> Option<U>) -> Option<Span<U>> {
    Some(Span { low: with(a.low, b.low)?, likely: with(a.likely, b.likely)?, high: with(a.high, b.high)? })
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Speed => "speed",
        Mode::Precision => "precision",
    }
}

/// The seconds of output; also written on the quote, with what an estimate rests on.
fn seconds_of(length: &Length, pace: &Pace, quote: &mut Quote) -> Result<Span<Decimal>, String> {
    let seconds = match length {
        Length::Seconds(seconds) => Span::exact(*seconds),
        Length::Between(low, likely, high) => Span { low: *low, likely: *likely, high: *high },
        Length::Assumed { low, likely, high, why } => {
            if !quote.assumptions.contains(why) {
                quote.assumptions.push(why.clone());
            }
            Span { low: *low, likely: *likely, high: *high }
        }
        Length::Speech(speech) => {
            let estimate = pace.estimate(speech)?;
            quote.basis = Some(estimate.basis);
            estimate.seconds
        }
        Length::UpTo(own, most) => {
            let own = seconds_of(own, pace, quote)?;
            Span { low: own.low.min(*most), likely: own.likely.min(*most), high: *most }
        }
        Length::Unknown(reason) => return Err(reason.clone()),
    };
    if seconds.low < Decimal::ZERO || seconds.low > seconds.likely || seconds.likely > seconds.high {
        return Err("The length is not a length: it is below zero, or its bounds are in the wrong order.".to_owned());
    }
    quote.seconds = Some(seconds);
    Ok(seconds)
}

/// Why a service has no price, in words.
fn no_rate(card: &RateCard, service: Service) -> String {
    match service {
        Service::AvatarVideo { uhd: true, .. } => "There is no published rate for avatar video in 4K.".to_owned(),
        Service::HyperFrames { fps, .. } if !matches!(fps, 30 | 60) => {
            format!("There is no published rate for HyperFrames at {fps} frames a second, only at 30 and 60.")
        }
        Service::Translation { mode: Mode::Precision, audio_only: true } => {
            "There is no published rate for precision without lip sync.".to_owned()
        }
        Service::Creation(Creation::Prompt) => "There is no published rate for avatars made from a prompt.".to_owned(),
        _ => format!("The rate card of {} has no rate for this.", card.date()),
    }
}

/// Rate × quantity × times with every digit, or `None` where they do not fit.
fn line(rate: &Rate, label: String, seconds: Option<Span<Decimal>>, times: u32) -> Option<Line> {
    let amount =
        |quantity: Decimal| exact::times(exact::times(quantity, rate.amount.0)?, Decimal::from(times)).map(Usd);
    let each = |span: Span<Decimal>, of: &dyn Fn(Decimal) -> Option<Usd>| {
        Some(if span.is_exact() {
            Span::exact(of(span.likely)?)
        } else {
            Span { low: of(span.low)?, likely: of(span.likely)?, high: of(span.high)? }
        })
    };
    let (quantity, amount, times) = match (rate.unit, seconds) {
        (Unit::Second, Some(seconds)) => (seconds, each(seconds, &amount)?, times),
        // Multiplied first, so that only the last step can fail to end.
        (Unit::Minute, Some(seconds)) => {
            let minutes = Span {
                low: exact::sixtieth(seconds.low)?,
                likely: exact::sixtieth(seconds.likely)?,
                high: exact::sixtieth(seconds.high)?,
            };
            (
                minutes,
                each(seconds, &|seconds| amount(seconds).and_then(|sixty| exact::sixtieth(sixty.0)).map(Usd))?,
                times,
            )
        }
        // Counts: the number is the quantity.
        (Unit::Video | Unit::Clip | Unit::Call, _) => {
            let count = Decimal::from(times);
            (Span::exact(count), Span::exact(amount(Decimal::ONE)?), 1)
        }
        (Unit::Second | Unit::Minute, None) => return None,
    };
    Some(Line { label, rate: rate.amount, unit: rate.unit.word(), quantity, times, amount })
}
