//! Line icons, drawn for 20 px; always beside a word, so hidden from assistive technology.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconName {
    /// Three bars.
    Reports,
    /// A sun-like cog.
    Settings,
    /// An envelope.
    Mail,
    /// A speech bubble with corners.
    Text,
    /// A round speech bubble.
    Chat,
    /// A card with lines under it.
    RichCard,
    /// A bell.
    Bell,
    /// A pointing hand swiping.
    Swipe,
    /// A form.
    Form,
    /// A question mark in a circle.
    Quiz,
    /// A key.
    Key,
    /// A ticket.
    Ticket,
    /// A wrapped present.
    Gift,
    /// A wallet card.
    Card,
    /// Stacked answers.
    Poll,
    /// A map pin.
    Pin,
    /// A face of a robot.
    Robot,
    /// A plus sign.
    Plus,
    /// A downward chevron.
    Down,
    /// A chevron to the left.
    Left,
    /// A chevron to the right.
    Right,
    /// A magnifying glass.
    Search,
    /// A bin.
    Trash,
    /// A cross.
    Close,
    /// A tick.
    Check,
    /// An exclamation mark in a triangle.
    Warning,
    /// A sun.
    Sun,
    /// A moon.
    Moon,
    /// A screen.
    System,
    /// A door with an arrow.
    SignOut,
    /// A person.
    Person,
    /// Two bars.
    Pause,
    /// A triangle to the right.
    Play,
}

impl IconName {
    fn path(self) -> &'static str {
        match self {
            Self::Reports => "M4 16V9M10 16V4M16 16v-5",
            Self::Settings => {
                "M10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M15.3 4.7l-1.4 1.4M6.1 13.9l-1.4 1.4"
            }
            Self::Mail => "M3 5.5h14v9H3zM3.5 6l6.5 5 6.5-5",
            Self::Text => "M3 4.5h14v9H9l-3.5 3v-3H3z",
            Self::Chat => {
                "M10 3.5a6.5 6.5 0 0 1 0 13c-1.1 0-2.100-.2-3-.7l-3.500.9.900-3.300A6.500 6.500 0 0 1 10 3.500Z"
            }
            Self::RichCard => "M3 4h14v7H3zM6 14h8M8 16.500h4",
            Self::Bell => "M5.500 13.500V9a4.500 4.500 0 0 1 9 0v4.500l1.500 1.500H4zM8.500 17h3",
            Self::Swipe => {
                "M4 7h9M10.500 4.500 13 7l-2.500 2.500M16 13H7M9.500 10.500 7 13l2.500 2.500"
            }
            Self::Form => "M4.500 3h11v14h-11zM7.500 7h5M7.500 10h5M7.500 13h3",
            Self::Quiz => {
                "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM8 8.200A2 2 0 1 1 10.500 10c-.4.200-.5.500-.5 1M10 13.700v.1"
            }
            Self::Key => {
                "M7 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM10.500 10H17v2.500M14 10v2"
            }
            Self::Ticket => {
                "M3 6h14v2.500a1.500 1.500 0 0 0 0 3V14H3v-2.500a1.500 1.500 0 0 0 0-3zM12 6v8"
            }
            Self::Gift => {
                "M3.500 8h13v3h-13zM4.500 11h11v6h-11zM10 8v9M10 8C8 8 6.500 7 6.500 5.500S9 3.500 10 8c1-4.500 3.500-4 3.500-2.500S12 8 10 8Z"
            }
            Self::Card => "M3 5h14v10H3zM3 8.500h14M6 12h3",
            Self::Poll => "M4 5h12M4 10h8M4 15h5",
            Self::Pin => {
                "M10 17.500s5-4.700 5-8.800A5 5 0 0 0 5 8.700c0 4.100 5 8.800 5 8.800ZM10 10.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z"
            }
            Self::Robot => "M4 7h12v9H4zM10 7V4M7.500 10.500v1M12.500 10.500v1M8 13.500h4",
            Self::Plus => "M10 4.500v11M4.500 10h11",
            Self::Down => "M6 8.500l4 4 4-4",
            Self::Left => "M12 5.500 7.500 10l4.500 4.500",
            Self::Right => "M8 5.500l4.500 4.500L8 14.500",
            Self::Search => "M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11ZM13 13l4 4",
            Self::Trash => {
                "M4 6h12M8 6V4h4v2M5.500 6l.700 10.500h7.600L14.500 6M8.500 9v4.500M11.500 9v4.500"
            }
            Self::Close => "M5.500 5.500l9 9M14.500 5.500l-9 9",
            Self::Check => "M4.500 10.500l3.500 3.500 7.500-8",
            Self::Warning => "M10 3.500 17.500 16.500h-15zM10 8.500v3.500M10 14.300v.1",
            Self::Sun => {
                "M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM10 2.500v1.500M10 16v1.500M2.500 10H4M16 10h1.500M4.700 4.700l1 1M14.300 14.300l1 1M15.300 4.700l-1 1M5.700 14.300l-1 1"
            }
            Self::Moon => "M16 11.500A6.500 6.500 0 0 1 8.500 4a6.500 6.500 0 1 0 7.500 7.500Z",
            Self::System => "M3 4.500h14v9H3zM7.500 16.500h5M10 13.500v3",
            Self::SignOut => "M11 4H4.500v12H11M8.500 10H17M14 7l3 3-3 3",
            Self::Person => {
                "M10 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 16.500c.500-3 2.900-4.500 6-4.500s5.500 1.500 6 4.500"
            }
            Self::Pause => "M7 4.500v11M13 4.500v11",
            Self::Play => "M6.500 4.500v11l9-5.500z",
        }
    }
}

/// An icon.
///
/// # On the server
/// The same SVG.
#[component]
pub fn Icon(
    /// What it shows.
    name: IconName,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false">
            <path d=name.path() fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>
        </svg>
    }
    .into_any()
}
