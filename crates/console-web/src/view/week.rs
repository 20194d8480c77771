//! A day of the week as a bar that one can drag on. What it shows stands beside it in fields as well, for the keyboard and
//! for whoever does not see it.

use stillroom_program::{Day, OpenTime};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::div;
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::draw::svg;
use web_sys::{Element, PointerEvent};

use super::hours::edit;
use crate::board::HoursForm;
use crate::hours::{Handle, HoursTyped, Place};

/// What is dragged, on the bar where that began.
#[derive(Clone, Copy)]
struct Dragging {
    range: u32,
    handle: Handle,
}

/// How long a range is at first that is drawn on an empty place, in minutes.
const DRAWN: u16 = 60;

/// The bar.
pub(super) fn bar(fields: HoursForm, day: Day) -> impl IntoView {
    let dragging = StoredValue::new(None::<Dragging>);
    let on_down = move |event: PointerEvent| {
        let Some((bar, minute)) = place(&event) else { return };
        event.prevent_default();
        // Fails only for a pointer that is gone already.
        let _ = bar.set_pointer_capture(event.pointer_id());
        edit(fields, |typed| dragging.set_value(Some(begin(typed, day, minute))));
    };
    let on_move = move |event: PointerEvent| {
        if let (Some(Dragging { range, handle }), Some((_, minute))) =
            (dragging.get_value(), place(&event))
        {
            edit(fields, |typed| typed.drag(range, handle, minute));
        }
    };
    let ranges = move || {
        fields.typed.with(|typed| {
            let ranges = typed.as_ref().map_or(&[][..], |typed| typed.ranges(Place::Day(day)));
            let times = ranges.iter().filter_map(|range| range.time());
            times.map(rectangle).collect::<Vec<_>>()
        })
    };
    let hours = (1..24_u16).map(|hour| {
        svg::line()
            .attr("class", if hour % 6 == 0 { "hour hour-sixth" } else { "hour" })
            .attr("x1", (hour * 60).to_string())
            .attr("x2", (hour * 60).to_string())
            .attr("y1", "0")
            .attr("y2", "44")
    });
    let drawn = svg::svg()
        .attr("viewBox", "0 0 1440 44")
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .child((hours.collect::<Vec<_>>(), ranges));
    div()
        .class("bar")
        .on(ev::pointerdown, on_down)
        .on(ev::pointermove, on_move)
        .on(ev::pointerup, move |_| dragging.set_value(None))
        .on(ev::pointercancel, move |_| dragging.set_value(None))
        .child(drawn)
}

/// What a press at this minute begins to drag: what is there, or a new range.
fn begin(typed: &mut HoursTyped, day: Day, minute: u16) -> Dragging {
    if let Some((range, handle)) = typed.handle_at(day, minute) {
        return Dragging { range, handle };
    }
    let opens = (minute / 15 * 15).min(OpenTime::DAY - DRAWN);
    let range = typed.add(Place::Day(day), OpenTime { opens, closes: opens + DRAWN });
    Dragging { range, handle: Handle::Closes }
}

/// What goes past midnight is drawn to the day's end.
fn rectangle(time: OpenTime) -> impl IntoView {
    let width = time.closes.min(OpenTime::DAY).saturating_sub(time.opens);
    svg::rect()
        .attr("class", "open")
        .attr("x", time.opens.to_string())
        .attr("y", "6")
        .attr("width", width.to_string())
        .attr("height", "32")
}

/// The bar under a pointer, and the minute of the day at which it is.
fn place(event: &PointerEvent) -> Option<(Element, u16)> {
    use wasm_bindgen::JsCast as _;
    let bar: Element = event.current_target()?.dyn_into().ok()?;
    let bounds = bar.get_bounding_client_rect();
    if bounds.width() <= 0.0 {
        return None;
    }
    let part = ((f64::from(event.client_x()) - bounds.left()) / bounds.width()).clamp(0.0, 1.0);
    // From 0 to 1,440.
    Some((bar, (part * f64::from(OpenTime::DAY)) as u16))
}
