//! A drawing in the browser: one instance of ECharts each, gone with its element.

use js_sys::{Function, JSON, Reflect};
use leptos::{html::Div, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, HtmlElement};

pub(super) use super::bindings::save_text;
use super::{
    bindings::{Instance, SizeWatch, ThemeWatch, fetch_echarts, init, save},
    csv::{Source, file_name},
    option::{option, picture},
    palette::Palette,
    spec::{ChartSpec, Shape},
    update::{Form, update},
};

/// Whether a drawing can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drawn {
    /// Not yet.
    Waiting,
    /// It is there.
    Yes,
    /// ECharts could not be fetched: the table takes over.
    Failed,
}

/// What must live as long as the drawing.
struct Held {
    instance: Instance,
    size: SizeWatch,
    theme: ThemeWatch,
    _callbacks: [Closure<dyn FnMut()>; 2],
}

impl Drop for Held {
    fn drop(&mut self) {
        self.size.disconnect();
        self.theme.disconnect();
        self.instance.dispose();
    }
}

/// A drawing.
#[derive(Clone, Copy)]
pub(super) struct Drawing {
    /// Whether it is there.
    pub(super) drawn: RwSignal<Drawn>,
    canvas: NodeRef<Div>,
    spec: Signal<ChartSpec>,
    held: StoredValue<Option<Held>, LocalStorage>,
    /// What it is built of; none before it is drawn.
    form: StoredValue<Option<Form>>,
    /// The category that keys point at.
    pointed: StoredValue<Option<usize>>,
}

impl Drawing {
    /// Points at one category.
    pub(super) fn point(self, at: usize) {
        self.pointed.set_value(Some(at));
        // The tallest part of a stack has the tooltip; lines and groups have one tooltip for all.
        let series = self.spec.with_untracked(|spec| {
            let tallest = spec.series.iter().enumerate();
            let tallest = tallest.max_by_key(|(n, s)| (s.values.get(at).copied(), usize::MAX - n));
            if spec.shape == Shape::Stack {
                tallest.map_or(0, |(n, _)| n)
            } else {
                0
            }
        });
        self.act(&format!(
            r#"{{"type":"showTip","seriesIndex":{series},"dataIndex":{at}}}"#
        ));
    }

    /// Stops pointing.
    pub(super) fn leave(self) {
        // A focused drawing that is taken away says so after its owner is gone.
        self.pointed.try_set_value(None);
        self.act(r#"{"type":"hideTip"}"#);
    }

    /// Saves it as a picture, with its heading.
    pub(super) fn save_picture(self, source: &Source) {
        let Some(canvas) = self.canvas.get_untracked() else {
            return;
        };
        let palette = palette(&canvas);
        let (name, option) = self.spec.with_untracked(|spec| {
            (
                file_name(source, &spec.title, "png"),
                picture(spec, source, &palette, PICTURE_WIDTH),
            )
        });
        let height = canvas.client_height().max(120) + 90;
        if let Some(url) = render_picture(&option, height, palette.token("surface")) {
            save(&name, &url);
        }
    }

    fn act(self, action: &str) {
        self.held.try_with_value(|held| {
            if let (Some(held), Ok(action)) = (held, JSON::parse(action)) {
                // A tooltip that can't be shown is no reason to stop.
                let _ = held.instance.dispatch(&action);
            }
        });
    }

    fn redraw(self) {
        let Some(canvas) = self.canvas.get_untracked() else {
            return;
        };
        let width = u32::try_from(canvas.client_width()).unwrap_or(0);
        let (option, form, count) = self.spec.with_untracked(|spec| {
            let option = option(spec, &palette(&canvas), width);
            (option, Form::of(spec), spec.categories.len())
        });
        let how = update(self.form.get_value(), form);
        self.held.with_value(|held| {
            let parsed = (JSON::parse(&option.to_string()), JSON::parse(how));
            if let (Some(held), (Ok(option), Ok(how))) = (held, parsed) {
                held.instance.resize();
                let is_drawn = held.instance.set_option(&option, &how).is_ok();
                self.form.set_value(is_drawn.then_some(form));
                if !is_drawn {
                    self.drawn.set(Drawn::Failed);
                }
            }
        });
        // New values under a key's pointer: its tooltip says the new ones.
        if let Some(at) = self.pointed.get_value().filter(|at| *at < count) {
            self.point(at);
        }
    }

    fn begin(self, canvas: &Element) -> Result<(), JsValue> {
        let instance = init(canvas, &JsValue::NULL, &JsValue::UNDEFINED)?;
        // Width decides how many labels there are: a new size is a new drawing.
        let on_size = Closure::<dyn FnMut()>::new(move || self.redraw());
        let on_theme = Closure::<dyn FnMut()>::new(move || self.redraw());
        let size = SizeWatch::new(on_size.as_ref().unchecked_ref());
        size.observe(canvas);
        let theme = ThemeWatch::new(on_theme.as_ref().unchecked_ref());
        if let Some(root) = document().document_element() {
            theme.observe(
                &root,
                &JSON::parse(r#"{"attributeFilter":["data-theme","class"]}"#)?,
            );
        }
        let callbacks = [on_size, on_theme];
        self.held.set_value(Some(Held {
            instance,
            size,
            theme,
            _callbacks: callbacks,
        }));
        self.redraw();
        self.drawn.set(Drawn::Yes);
        Ok(())
    }
}

/// Draws `spec` into `canvas` while `shown`; again when either changes, or the theme, or the size.
pub(super) fn use_drawing(
    canvas: NodeRef<Div>,
    spec: Signal<ChartSpec>,
    shown: Signal<bool>,
) -> Drawing {
    let drawn = RwSignal::new(Drawn::Waiting);
    let held = StoredValue::new_local(None::<Held>);
    let drawing = Drawing {
        drawn,
        canvas,
        spec,
        held,
        form: StoredValue::new(None),
        pointed: StoredValue::new(None),
    };
    Effect::new(move |_| {
        let (Some(element), true) = (canvas.get(), shown.get()) else {
            return;
        };
        spec.track();
        if held.with_value(Option::is_some) {
            drawing.redraw();
            return;
        }
        spawn_local(async move {
            let begun = match fetch_echarts().await {
                // The page may have moved on while the script was on its way.
                Ok(()) if drawn.try_get_untracked().is_none() || !element.is_connected() => return,
                Ok(()) if held.try_with_value(Option::is_some) == Some(true) => return,
                Ok(()) => drawing.begin(&element),
                Err(error) => Err(error),
            };
            if begun.is_err() {
                drawn.try_set(Drawn::Failed);
            }
        });
    });
    // The system's own change of theme changes no attribute.
    let dark = window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten();
    if let Some(dark) = dark {
        let on_change = Closure::<dyn FnMut()>::new(move || drawing.redraw());
        let callback: &Function = on_change.as_ref().unchecked_ref();
        let _ = dark.add_event_listener_with_callback("change", callback);
        let listening = StoredValue::new_local((dark, on_change));
        on_cleanup(move || {
            listening.with_value(|(dark, on_change)| {
                let callback: &Function = on_change.as_ref().unchecked_ref();
                let _ = dark.remove_event_listener_with_callback("change", callback);
            });
        });
    }
    on_cleanup(move || {
        held.try_update_value(Option::take);
    });
    drawing
}

const PICTURE_WIDTH: u32 = 1_200;

fn render_picture(option: &serde_json::Value, height: i32, background: &str) -> Option<String> {
    let element = document().create_element("div").ok()?;
    let size = JSON::parse(&format!(r#"{{"width":{PICTURE_WIDTH},"height":{height}}}"#)).ok()?;
    let instance = init(&element, &JsValue::NULL, &size).ok()?;
    let drawn = JSON::parse(&option.to_string())
        .and_then(|option| instance.set_option(&option, &JsValue::TRUE))
        .and_then(|()| {
            let options = js_sys::Object::new();
            Reflect::set(&options, &"type".into(), &"png".into())?;
            Reflect::set(&options, &"pixelRatio".into(), &2.into())?;
            Reflect::set(&options, &"backgroundColor".into(), &background.into())?;
            instance.data_url(&options)
        });
    instance.dispose();
    drawn.ok()
}

fn palette(element: &HtmlElement) -> Palette {
    let style = window().get_computed_style(element).ok().flatten();
    Palette::read(|name| {
        style
            .as_ref()
            .and_then(|style| style.get_property_value(name).ok())
            .unwrap_or_default()
    })
}
