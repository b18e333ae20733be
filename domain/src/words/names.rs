//! Names of the domain's kinds: categories, roles, relations, spaces, purposes, states.

use super::template::catalogue;
use super::{Words, format};
use crate::activity::{Audience, Category};
use crate::booking::BookingState;
use crate::change::{Purpose, SignUpState};
use crate::people::{Relation, Role};
use crate::space::SpaceKind;
use crate::text::TextProblem;

catalogue! {
    /// Names of kinds, roles and purposes.
    Names {
        opera: "戏曲", "Opera";
        dance: "舞蹈", "Dance";
        reading: "阅读", "Reading";
        course: "课程", "Courses";
        poetry: "诗社", "Poetry";
        festival: "节日", "Festivals";
        family: "亲子", "Families";
        moral_review: "评议", "Moral review";
        council: "议事", "Council";
        policy_talk: "宣讲", "Policy talks";
        other: "其他", "Other";
        friend_point: "友邻点", "Friend point";
        living_room: "居民客厅", "Living room";
        parent_child: "亲子活动空间", "Parent-child space";
        memory_hall: "乡愁记忆馆", "Memory hall";
        station: "党员先锋站", "Party members' station";
        hall: "活动室", "Activity room";
        chat: "聊天", "Chat";
        book_club: "读书", "Reading";
        rehearsal: "排练", "Rehearsal";
        meeting: "议事", "Meeting";
        birthday: "生日", "Birthday";
        play: "玩耍", "Play";
        me: "本人", "Myself";
        adult: "大人", "Adult";
        child: "孩子", "Child";
        elder: "老人", "Elder";
        everyone: "谁都可以来", "Open to everyone";
        adults_only: "只限成人", "Adults only";
        seniors: "满60岁", "60 and over";
        families(from, to): "{from}–{to}岁孩子，要有大人陪", "Children aged {from}–{to} with a guardian";
        role_editor: "团队负责人", "Team leader";
        role_host: "客厅主人", "Host";
        role_community: "社区工作人员", "Community staff";
        role_district: "片区工作人员", "District staff";
    }
}

impl Words {
    /// The name of a category.
    #[must_use]
    pub const fn category(&self, category: Category) -> &'static str {
        let names = &self.names;
        match category {
            Category::Opera => names.opera,
            Category::Dance => names.dance,
            Category::Reading => names.reading,
            Category::Course => names.course,
            Category::Poetry => names.poetry,
            Category::Festival => names.festival,
            Category::Family => names.family,
            Category::MoralReview => names.moral_review,
            Category::Council => names.council,
            Category::PolicyTalk => names.policy_talk,
            Category::Other => names.other,
        }
    }

    /// The name of a kind of space.
    #[must_use]
    pub const fn space_kind(&self, kind: SpaceKind) -> &'static str {
        let names = &self.names;
        match kind {
            SpaceKind::FriendPoint => names.friend_point,
            SpaceKind::LivingRoom => names.living_room,
            SpaceKind::ParentChild => names.parent_child,
            SpaceKind::MemoryHall => names.memory_hall,
            SpaceKind::Station => names.station,
            SpaceKind::Hall => names.hall,
        }
    }

    /// What a booking is for.
    #[must_use]
    pub const fn purpose(&self, purpose: Purpose) -> &'static str {
        let names = &self.names;
        match purpose {
            Purpose::Chat => names.chat,
            Purpose::Reading => names.book_club,
            Purpose::Rehearsal => names.rehearsal,
            Purpose::Meeting => names.meeting,
            Purpose::Birthday => names.birthday,
            Purpose::Play => names.play,
            Purpose::Other => names.other,
        }
    }

    /// What a member of the household is.
    #[must_use]
    pub const fn relation(&self, relation: Relation) -> &'static str {
        let names = &self.names;
        match relation {
            Relation::Me => names.me,
            Relation::Adult => names.adult,
            Relation::Child => names.child,
            Relation::Elder => names.elder,
        }
    }

    /// The name of a role.
    #[must_use]
    pub const fn role(&self, role: &Role) -> &'static str {
        let names = &self.names;
        match role {
            Role::TeamEditor(_) => names.role_editor,
            Role::Host(_) => names.role_host,
            Role::CommunityAdmin(_) => names.role_community,
            Role::DistrictAdmin => names.role_district,
        }
    }

    /// Who may come.
    #[must_use]
    pub fn audience(&self, audience: Audience) -> String {
        let names = &self.names;
        match audience {
            Audience::Everyone => names.everyone.to_owned(),
            Audience::Adults => names.adults_only.to_owned(),
            Audience::Seniors => names.seniors.to_owned(),
            Audience::Families { from, to } => names.families(from, to),
        }
    }

    /// The chip of one's own sign-up.
    #[must_use]
    pub fn sign_up_state(&self, state: SignUpState, is_checked_in: bool) -> String {
        let states = &self.states;
        match state {
            SignUpState::Confirmed if is_checked_in => states.arrived.to_owned(),
            SignUpState::Confirmed => states.signed_up.to_owned(),
            SignUpState::Waitlisted { offer_until: Some(_), .. } => states.answer_now.to_owned(),
            SignUpState::Waitlisted { parties_ahead, .. } => states.waitlisted(u32::from(parties_ahead) + 1),
            SignUpState::Withdrawn { has_lapsed: true, .. } => states.lapsed.to_owned(),
            SignUpState::Withdrawn { .. } => states.withdrawn.to_owned(),
            SignUpState::CalledOff { .. } => states.called_off.to_owned(),
        }
    }

    /// The chip of a booking.
    #[must_use]
    pub const fn booking_state(&self, state: BookingState) -> &'static str {
        let states = &self.states;
        match state {
            BookingState::Requested => states.waiting_for_host,
            BookingState::Approved => states.booked,
            BookingState::Declined => states.declined,
            BookingState::Expired => states.expired,
            BookingState::Cancelled => states.booking_cancelled,
            BookingState::CheckedIn => states.arrived,
            BookingState::Completed => states.past,
            BookingState::NoShow => states.missed,
        }
    }

    /// What is wrong with a text somebody typed, starting with what to do.
    #[must_use]
    pub fn text_problem(&self, problem: TextProblem) -> String {
        let errors = &self.errors;
        match problem {
            TextProblem::Empty => errors.field_empty.to_owned(),
            TextProblem::TooLong { max } => errors.field_too_long(max),
            TextProblem::Unprintable => errors.field_unprintable.to_owned(),
            TextProblem::Form => errors.field_form.to_owned(),
        }
    }

    /// Several names in a row.
    #[must_use]
    pub fn names_list<S: AsRef<str>>(&self, names: &[S]) -> String {
        format::list(self.language, names)
    }
}
