//! The form of a step: what was saved, what stands in it at the moment, and what is wrong with it.

use std::sync::Arc;

use leptos::{html::Form, prelude::*};

use super::{fields::Fields, given::Given};
use crate::ui::{Deed, form_text, sentence};

/// The form of a step.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    given: StoredValue<Arc<Given>>,
    /// What stands in the form at the moment.
    typed: RwSignal<Fields>,
    /// Whether something was typed since it was saved.
    is_changed: RwSignal<bool>,
    /// The form.
    pub(super) form: NodeRef<Form>,
    /// What saves it.
    pub(super) save: Deed,
}

impl Sheet {
    /// The form of a step. Where the page came as the answer to a save that was refused, it holds what was typed, and
    /// the revision that this was typed over: nobody else's change is overwritten by pressing the button again.
    pub(super) fn new(mut given: Given, save: Deed) -> Self {
        let came = save.typed();
        if let Some(came) = &came {
            given.fields = given.fields.under(came);
            let revision = came.get("revision").and_then(|text| text.parse().ok());
            given.revision = revision.unwrap_or(given.revision);
        }
        let typed = RwSignal::new(given.fields.clone());
        Self {
            given: StoredValue::new(Arc::new(given)),
            typed,
            is_changed: RwSignal::new(came.is_some()),
            form: NodeRef::new(),
            save,
        }
    }

    /// What the page was made with.
    pub(super) fn given(self) -> Arc<Given> {
        self.given.get_value()
    }

    /// What was saved in a field.
    pub(super) fn saved(self, name: &str) -> String {
        self.given
            .with_value(|given| given.fields.get(name).to_owned())
    }

    /// What stands in a field at the moment. Follows the form where it is read reactively.
    pub(super) fn now(self, name: &str) -> String {
        self.typed.with(|typed| typed.get(name).to_owned())
    }

    /// Numbers of the rows called `prefix` that the page was made with.
    pub(super) fn rows(self, prefix: &str) -> Vec<u32> {
        self.given.with_value(|given| given.fields.rows(prefix))
    }

    /// Hears of each change in the form.
    pub(super) fn track(self) {
        self.typed.track();
    }

    /// Whether something was typed since it was saved.
    pub(super) fn is_changed(self) -> bool {
        self.is_changed.get()
    }

    /// Reads the form again: something in it has changed.
    pub(super) fn read(self) {
        self.is_changed.set(true);
        if let Some(form) = self.form.get_untracked()
            && let Some(text) = form_text(&form)
        {
            self.typed.set(Fields::of_form(&text));
        }
    }

    /// What is wrong with a field: by the last answer, else by what was saved.
    pub(super) fn problem(self, name: &str) -> Option<String> {
        match self.refused() {
            Some((field, message)) if field == name => return Some(message),
            _ => {}
        }
        self.given.with_value(|given| {
            let mut problems = given.problems.iter();
            let is_here = |arm: &str| arm.is_empty() || arm == given.arm;
            let found = problems.find(|p| p.field == name && is_here(&p.arm))?;
            Some(sentence(&found.message))
        })
    }

    /// The field that the last answer refused, and why.
    pub(super) fn refused(self) -> Option<(String, String)> {
        self.save.refused()
    }
}
