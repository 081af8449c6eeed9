//! The Video agent tab by label.

use std::sync::Arc;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use crate::draft::chat::{AgentStyle, BrandKit, Chat, ChatMessage, ChatResource, Speaker, Stage};
use crate::draft::{Draft, Product};
use crate::jobs::types::{Board, Job, JobId, JobState, Progress};
use crate::ui::library::fixtures;
use crate::ui::model::Loaded;
use crate::ui::tests::{Bench, asked, bench, button, click, model, press_button};
use crate::ui::{Action, Message, Tab};

fn open() -> Harness<'static, Bench> {
    let mut model = model();
    let style = |name: &str| AgentStyle { id: name.to_lowercase(), name: name.to_owned(), ..AgentStyle::default() };
    model.agent.styles =
        Loaded { value: Some(Arc::new(vec![style("Newsroom"), style("Whiteboard")])), ..Loaded::default() };
    let mut harness = bench(model);
    harness.state_mut().state.tab = Tab::VideoAgent;
    harness.run_steps(3);
    harness
}

#[test]
fn a_brand_kit_is_offered_where_there_is_one() {
    let mut harness = open();
    click(&mut harness, Role::Button, "More");
    assert!(harness.query_by_label("No brand kit").is_none());
    let kit = BrandKit { id: "k1".to_owned(), name: "Harbour Coffee".to_owned() };
    harness.state_mut().model.agent.brand_kits = Loaded { value: Some(Arc::new(vec![kit])), ..Loaded::default() };
    harness.run_steps(3);
    click(&mut harness, Role::ListBoxOption, "Harbour Coffee");
    let chosen = |harness: &Harness<'_, Bench>| {
        let kit = harness.state().state.video_agent.form.draft.brand_kit.clone();
        kit.map(|kit| kit.id)
    };
    assert_eq!(chosen(&harness).as_deref(), Some("k1"));
    click(&mut harness, Role::ListBoxOption, "No brand kit");
    assert_eq!(chosen(&harness), None);
}

fn said(speaker: Speaker, text: &str) -> ChatMessage {
    ChatMessage { speaker, text: text.to_owned(), error: false, at: None, resources: Vec::new() }
}

fn chat(stage: Stage) -> Chat {
    let resource =
        ChatResource { id: "r".to_owned(), kind: "video".to_owned(), picture_url: None, url: Some("u".to_owned()) };
    Chat {
        session: "s1".to_owned(),
        title: Some("Tea for beginners".to_owned()),
        stage,
        progress: 40,
        messages: vec![
            said(Speaker::Person, "Tea."),
            ChatMessage { resources: vec![resource], ..said(Speaker::Agent, "Who is going to watch this?") },
        ],
        videos: vec!["v1".to_owned()],
    }
}

fn show(harness: &mut Harness<'_, Bench>, stage: Stage) {
    let agent = &mut harness.state_mut().model.agent;
    agent.session = Some("s1".to_owned());
    agent.chat = Loaded { value: Some(Arc::new(chat(stage))), ..Loaded::default() };
    harness.run_steps(3);
}

fn job(progress: Progress) -> Job {
    Job {
        product: Product::VideoAgent,
        state: JobState::Running,
        progress,
        remote_id: Some("s1".to_owned()),
        ..fixtures::job(7)
    }
}

/// A conversation that was begun a moment ago.
fn begun(stage: Stage) -> Harness<'static, Bench> {
    let mut harness = open();
    click(&mut harness, Role::RadioButton, "Talk with the agent first");
    click(&mut harness, Role::Link, "Try a sample prompt");
    press_button(&mut harness);
    assert!(matches!(asked(&mut harness).as_slice(), [Action::Submit(_)]));
    let job = job(Progress::NeedsPerson);
    let id: JobId = job.id;
    harness.state_mut().state.receive(Message::Submitted(Product::VideoAgent, Ok(vec![id])));
    harness.state_mut().model.board = Arc::new(Board { jobs: vec![Arc::new(job)], ..Board::default() });
    harness.run_steps(3);
    assert!(asked(&mut harness).iter().any(|action| matches!(action, Action::FollowChat(session) if session == "s1")));
    show(&mut harness, stage);
    // The button says for a moment that the first request is in the queue.
    harness.run_steps(8);
    harness
}

#[test]
fn a_prompt_has_a_price_by_the_length_that_is_asked_for() {
    let mut harness = open();
    assert_eq!(button(&harness), "Write a prompt");
    click(&mut harness, Role::Link, "Try a sample prompt");
    // 30 s × $0.0333, from 0.6 to 1.5 times as long.
    assert_eq!(button(&harness), "Create · about $0.60 to $1.50");
    assert!(harness.query_by_label_contains("The agent decides the length").is_some());
    click(&mut harness, Role::Button, "Whiteboard");
    let draft = &harness.state().state.video_agent.form.draft;
    assert_eq!(draft.style.as_ref().map(|style| style.id.as_str()), Some("whiteboard"));
}

#[test]
fn the_conversation_opens_once_the_session_is_known_and_each_message_has_its_price() {
    let mut harness = begun(Stage::WaitingForInput);
    assert!(harness.query_by_label("The agent asks you").is_some());
    assert!(harness.query_by_label("Agent: Who is going to watch this?").is_some());
    assert!(harness.query_by_label("Open the video").is_some());
    assert_eq!(button(&harness), "Write a message");

    click(&mut harness, Role::MultilineTextInput, "Message");
    harness.get_by_role_and_label(Role::MultilineTextInput, "Message").type_text("New customers.");
    harness.run_steps(3);
    assert_eq!(button(&harness), "Send · about $0.60 to $1.50");
    press_button(&mut harness);
    let actions = asked(&mut harness);
    let submitted = actions.iter().find_map(|action| match action {
        Action::Submit(asked) => Some(&asked.draft),
        _ => None,
    });
    let Some(Draft::VideoAgent(draft)) = submitted else { panic!("{actions:?}") };
    let conversation = draft.conversation.as_ref().unwrap();
    assert_eq!((conversation.session.as_str(), conversation.videos.as_slice()), ("s1", &["v1".to_owned()][..]));

    // Sent: the field is free for the next, which has to wait for the answer.
    harness.state_mut().state.receive(Message::Submitted(Product::VideoAgent, Ok(vec![])));
    assert_eq!(harness.state().state.video_agent.form.draft.prompt, "");
}

#[test]
fn an_agent_at_work_takes_no_message_and_can_be_stopped() {
    let mut harness = begun(Stage::Generating);
    assert_eq!(button(&harness), "The agent is at work");
    click(&mut harness, Role::Button, "Stop the agent");
    assert!(asked(&mut harness).iter().any(|action| matches!(action, Action::StopAgent(session) if session == "s1")));
    click(&mut harness, Role::Button, "Leave the conversation");
    assert_eq!(button(&harness), "Write a prompt");
}

#[test]
fn the_queue_says_that_the_agent_asks_and_leads_to_the_conversation() {
    let mut harness = open();
    let job = job(Progress::NeedsPerson);
    let (id, title) = (job.id, job.title.clone());
    harness.state_mut().model.board = Arc::new(Board { jobs: vec![Arc::new(job)], ..Board::default() });
    harness.run_steps(3);
    assert!(harness.query_by_label(&format!("{title}: the agent asks")).is_some());
    click(&mut harness, Role::Link, &format!("answer: {title}"));
    assert!(asked(&mut harness).iter().any(|action| matches!(action, Action::OpenChat(opened) if *opened == id)));
}
