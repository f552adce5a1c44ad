//! A WhatsApp template and what stands in it.

use domain::content::{
    WhatsAppButton, WhatsAppContent,
    whatsapp::{has_header_value, link_start},
};

use super::Builder;
use crate::{
    CompileOptions,
    links::{LinkBook, is_web_address},
    parts::{WhatsAppLink, WhatsAppParts, WhatsAppTarget},
};

impl Builder<'_> {
    pub(super) fn whatsapp(&mut self, whatsapp: &WhatsAppContent) -> WhatsAppParts {
        let template = &whatsapp.template;
        let header =
            has_header_value(template).then(|| self.plain("header_value", &whatsapp.header_value));
        let body = whatsapp
            .body_values
            .iter()
            .enumerate()
            .map(|(n, source)| self.plain(&format!("body_values.{n}"), source))
            .collect();
        let mut values = whatsapp.link_values.iter().enumerate();
        let mut links = Vec::new();
        for (button, found) in (0..).zip(&template.buttons) {
            let WhatsAppButton::Url { text, url } = found else {
                continue;
            };
            let Some(start) = link_start(url) else {
                self.fixed_button(text, url);
                continue;
            };
            let Some((n, source)) = values.next() else {
                continue;
            };
            links.push(self.whatsapp_link(button, text, start, n, source));
        }
        WhatsAppParts {
            template: template.clone(),
            media: whatsapp.media.trim().to_owned(),
            header,
            body,
            links,
        }
    }

    /// The address of this button was approved as it is; nobody can lead it through us.
    fn fixed_button(&mut self, text: &str, url: &str) {
        let options = CompileOptions {
            variant: self.options.variant.clone(),
            ..CompileOptions::default()
        };
        let mut book = LinkBook::new(&options);
        book.add(url, text, true);
        for mut link in book.links {
            link.position = u32::try_from(self.book.links.len()).unwrap_or(u32::MAX - 1) + 1;
            self.book.links.push(link);
        }
    }

    fn whatsapp_link(
        &mut self,
        button: u32,
        text: &str,
        start: &str,
        n: usize,
        source: &str,
    ) -> WhatsAppLink {
        let field = format!("link_values.{n}");
        let base = &self.options.base;
        let is_ours = !base.is_empty() && start.starts_with(&format!("{base}/"));
        if !is_ours {
            let value = self.plain(&field, source);
            let url = format!("{start}{source}");
            self.fixed_button(text, &url);
            return WhatsAppLink {
                button,
                target: WhatsAppTarget::Value(value),
            };
        }
        let source = source.trim();
        if !is_web_address(source) {
            self.problem(
                &field,
                "This button leads through us: write the whole address that it is to lead to, beginning with https://.",
            );
        }
        // It can't be left untracked: there is no other way through us.
        self.book.add(source, text, true);
        if let Some(link) = self.book.links.last_mut() {
            link.is_tracked = true;
        }
        WhatsAppLink {
            button,
            target: WhatsAppTarget::Tracked {
                start: start.to_owned(),
                position: u32::try_from(self.book.links.len()).unwrap_or(u32::MAX),
            },
        }
    }
}
