//! The scripts that Redis runs. Each is one atomic step.

/// A script, by its place in [`SOURCES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Publish,
    Position,
    History,
    Members,
    Touch,
    Beat,
    MembersOf,
    Forget,
}

/// The texts of the scripts, in the order of [`Script`].
pub(super) const SOURCES: [&str; 8] = [
    concat!(
        include_str!("lua/open.lua"),
        include_str!("lua/aged.lua"),
        include_str!("lua/publish.lua")
    ),
    concat!(
        include_str!("lua/open.lua"),
        include_str!("lua/position.lua")
    ),
    concat!(
        include_str!("lua/open.lua"),
        include_str!("lua/aged.lua"),
        include_str!("lua/history.lua")
    ),
    concat!(
        include_str!("lua/open.lua"),
        include_str!("lua/members.lua")
    ),
    include_str!("lua/touch.lua"),
    include_str!("lua/beat.lua"),
    include_str!("lua/members_of.lua"),
    include_str!("lua/forget.lua"),
];
