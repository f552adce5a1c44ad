//! Where an e-mail's design comes from.

use leptos::prelude::*;

use crate::editor::{
    parts::{Area, ArmTabs, StepForm, Upload, radios},
    sheet::Sheet,
};

/// *Template*.
#[component]
pub(super) fn Template(sheet: Sheet) -> impl IntoView {
    let mut ways = Vec::new();
    if sheet.saved("start") == "keep" {
        ways.push((
            "keep",
            "Go on with what is there",
            "The design stays as it is.",
        ));
    }
    ways.extend([
        (
            "newsletter",
            "Newsletter",
            "A lead story with a button, two smaller ones below.",
        ),
        ("offer", "Offer", "A large figure, a code, one button."),
        (
            "letter",
            "Letter",
            "Plain words from one person to another.",
        ),
        (
            "paste",
            "My own HTML or MJML",
            "Paste the source, or upload a file.",
        ),
        ("empty", "Empty", "Write it from nothing on the next step."),
    ]);
    view! {
        <StepForm sheet>
            <div class="panel form source">
                <ArmTabs sheet/>
                {radios(sheet, "start", "Start from", &ways)}
                <div class="source__part form">
                    <Upload sheet target="f-source" accept=".html,.htm,.mjml,text/html"/>
                    {Area::new("source", "HTML or MJML").rows("14").source().hint("At most 512 kB; Gmail cuts what is longer than 102 kB. Scripts and forms are taken out.").view(sheet)}
                </div>
                <p class="field__hint">"The three starting points are written in MJML, which becomes HTML that mail programs agree on. Choosing one replaces the present design."</p>
            </div>
        </StepForm>
    }
    .into_any()
}
