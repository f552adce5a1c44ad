//! SCAFFOLD

use app::backend::{Answer, SendingBackend};
use domain::{
    Campaign, Channel,
    audience::{Audience, AudienceCount, FollowUp},
    carrier::AccountInfo,
    content::{Content, Preview, WhatsAppTemplate},
    recipient::HistoryEntry,
    sending::{
        Control, Draft, Editing, HeldDecision, HeldMessage, Launch, Obstacle, Progress, Reply,
        Step, TestOutcome,
    },
};

use super::RequestBackend;
use crate::auth::Action;

impl SendingBackend for RequestBackend {
    fn editing(&self, _id: String) -> Answer<Editing> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn save_draft(
        &self,
        _id: String,
        _step: Step,
        _name: String,
        _draft: Draft,
    ) -> Answer<Editing> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn accounts_for(&self, _channel: Channel) -> Answer<Vec<AccountInfo>> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn templates(&self, _account: String) -> Answer<Vec<WhatsAppTemplate>> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn count_audience(&self, _channel: Channel, _audience: Audience) -> Answer<AudienceCount> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn preview(&self, _id: String, _content: Content, _n: u32) -> Answer<Preview> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn previews(&self, _id: String) -> Answer<Vec<Preview>> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn mjml(&self, _mjml: String) -> Answer<String> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn starter(&self, _name: String) -> Answer<String> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn test_send(
        &self,
        _id: String,
        _variant: String,
        _addresses: Vec<String>,
    ) -> Answer<Vec<TestOutcome>> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn launch_obstacles(&self, _id: String) -> Answer<Vec<Obstacle>> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn launch(&self, _id: String, _launch: Launch) -> Answer<Campaign> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn progress(&self, _id: String) -> Answer<Option<Progress>> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn control(&self, _id: String, _control: Control) -> Answer<()> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn held(&self, _id: String) -> Answer<Vec<HeldMessage>> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn decide_held(
        &self,
        _id: String,
        _messages: Vec<String>,
        _decision: HeldDecision,
    ) -> Answer<()> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn follow_up(&self, _id: String, _who: FollowUp) -> Answer<Campaign> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn replies(&self, _id: String) -> Answer<Vec<Reply>> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn history(&self, _id: String, _message: String) -> Answer<Vec<HistoryEntry>> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
}
