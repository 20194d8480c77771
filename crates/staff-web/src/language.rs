//! The name of a language, as the browser calls it in the page's own language.
//!
//! The tag comes from a survivor's page, so it may be anything: what the browser refuses is shown as it is.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::document;

/// The name of the language with this tag (BCP 47); the tag itself where the browser has none.
pub fn name(tag: &str) -> String {
    look_up(tag).unwrap_or_else(|| tag.into())
}

/// `new Intl.DisplayNames([lang], { type: "language" }).of(tag)`, each step of which may throw.
fn look_up(tag: &str) -> Option<String> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &JsValue::from_str(name)).ok();
    let lang = document().document_element()?.get_attribute("lang")?;
    let options = Object::new();
    Reflect::set(&options, &"type".into(), &"language".into()).ok()?;
    let class: Function = get(&get(&js_sys::global(), "Intl")?, "DisplayNames")?.dyn_into().ok()?;
    let names = Reflect::construct(&class, &Array::of2(&lang.into(), &options)).ok()?;
    let of: Function = get(&names, "of")?.dyn_into().ok()?;
    of.call1(&names, &tag.into()).ok()?.as_string()
}

/// A moment, in seconds since the Unix epoch, as the page's language writes dates and times.
pub fn moment(seconds: u64) -> String {
    let lang = document().document_element().and_then(|html| html.get_attribute("lang"));
    // Below 2^53 for as long as there are calendars.
    let date = js_sys::Date::new(&JsValue::from_f64(seconds as f64 * 1000.0));
    date.to_locale_string(&lang.unwrap_or_else(|| "en".into()), &JsValue::UNDEFINED).into()
}
