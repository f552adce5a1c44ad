//! The HTML document around the application.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use crate::{app::App, chart::EchartsPath, later::LaterPaths, ui::Returned};

/// Runs before the first paint: the stored theme wins over the system's, and styles learn that scripts run. A page that
/// answers a form that was sent before the program ran takes its own address, which the router reads. When the
/// program then fails to load, or takes longer than one waits, they unlearn it: the forms that stand in come back.
const BEFORE_PAINT: &str = "(function(r,w){r.classList.add('js');\
function alone(){if(!r.dataset.hydrated)r.classList.remove('js')}\
w.addEventListener('error',alone,true);w.addEventListener('unhandledrejection',alone);setTimeout(alone,8000);\
if(r.dataset.page)w.history.replaceState(null,'',r.dataset.page);\
try{var t=localStorage.getItem('theme');\
if(t==='light'||t==='dark')r.dataset.theme=t}catch(e){}})(document.documentElement,window)";

/// The document. The order in its head is a decision: the theme before any style, so that nothing
/// flickers; scripts last.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    // Not loaded here: the first chart shown reads the address.
    let echarts = use_context::<EchartsPath>().map(|EchartsPath(path)| path);
    // Fetched beside the first part, which would ask for them once it runs; without credentials, as it would.
    let later = use_context::<LaterPaths>().map(|LaterPaths(paths)| {
        let link = |path| {
            view! { <link rel="preload" href=path r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/> }
        };
        paths.into_iter().map(link).collect_view()
    });
    let page = use_context::<Returned>().map(|returned| returned.page);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-page=page>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <meta name="echarts" content=echarts/>
                <script nonce=use_nonce()>{BEFORE_PAINT}</script>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href="/pkg/reportage.css"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                {later}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
