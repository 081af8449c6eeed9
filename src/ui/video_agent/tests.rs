//! The Video agent tab by label.

use std::sync::Arc;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use crate::draft::chat::{AgentStyle, BrandKit, Chat, ChatMessage, ChatResource, Speaker, Stage};
use crate::draft::{Draft, Field, LocalFile, Product, VideoAgentDraft};
use crate::jobs::types::{Board, Job, JobId, JobState, Pause, Progress, ResultFiles};
use crate::money::Usd;
use crate::ui::library::fixtures;
use crate::ui::model::Loaded;
use crate::ui::places::Place;
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

fn type_in(harness: &mut Harness<'_, Bench>, label: &str, text: &str) {
    click(harness, Role::MultilineTextInput, label);
    harness.get_by_role_and_label(Role::MultilineTextInput, label).type_text(text);
    harness.run_steps(3);
}

fn written(harness: &Harness<'_, Bench>) -> String {
    harness.state().state.video_agent.form.draft.prompt.clone()
}

fn open_chat(harness: &mut Harness<'_, Bench>, session: &str) {
    let message = VideoAgentDraft::default().message_in(session);
    harness.state_mut().state.receive(Message::LoadDraft(Box::new(message.into())));
    harness.run_steps(3);
}

#[test]
fn what_is_being_written_waits_while_something_else_is_shown() {
    let mut harness = open();
    type_in(&mut harness, "Prompt", "A film about tea.");
    open_chat(&mut harness, "s1");
    show(&mut harness, Stage::WaitingForInput);
    type_in(&mut harness, "Message", "For beginners, and");
    open_chat(&mut harness, "s2");
    assert_eq!(written(&harness), "");
    click(&mut harness, Role::Button, "Leave the conversation");
    assert_eq!(written(&harness), "A film about tea.");
    open_chat(&mut harness, "s1");
    assert_eq!(written(&harness), "For beginners, and");
}

#[test]
fn a_conversation_that_begins_does_not_take_the_place_of_the_next_prompt() {
    let mut harness = open();
    click(&mut harness, Role::RadioButton, "Talk with the agent first");
    click(&mut harness, Role::Link, "Try a sample prompt");
    press_button(&mut harness);
    let job = job(Progress::NeedsPerson);
    harness.state_mut().state.receive(Message::Submitted(Product::VideoAgent, Ok(vec![job.id])));
    harness.run_steps(3);
    type_in(&mut harness, "Prompt", "And another one.");
    harness.state_mut().model.board = fixtures::board(vec![job]);
    harness.run_steps(3);
    assert!(written(&harness).contains("And another one."), "{}", written(&harness));
    assert!(harness.state().state.video_agent.form.draft.conversation.is_none());
}

#[test]
fn conversations_of_one_title_are_told_apart_by_how_they_stand() {
    let mut harness = open();
    let video = |number, remote_id: &str| Job {
        product: Product::VideoAgent,
        title: "Tea".to_owned(),
        remote_id: Some(remote_id.to_owned()),
        ..fixtures::job(number)
    };
    let asks = Job { title: "Tea".to_owned(), ..job(Progress::NeedsPerson) };
    let failed = Job { state: JobState::Failed, ..video(9, "s3#r1") };
    let done = [video(3, "s2@v2"), video(4, "s2@v1")];
    harness.state_mut().model.board = fixtures::board([asks, failed].into_iter().chain(done).collect());
    harness.state_mut().model.now = fixtures::NOW;
    harness.run_steps(3);
    click(&mut harness, Role::Button, "Conversations");
    for detail in ["asks you", "no video", "2 videos"] {
        let called = format!("Tea, {detail} · 1 min ago");
        assert!(harness.query_by_role_and_label(Role::ListBoxOption, &called).is_some(), "{called}");
    }
    click(&mut harness, Role::ListBoxOption, "Tea, 2 videos · 1 min ago");
    assert!(matches!(asked(&mut harness).as_slice(), [.., Action::OpenChat(_)]));
}

#[test]
fn an_agent_that_asks_can_be_stopped_as_well() {
    let mut harness = begun(Stage::WaitingForInput);
    click(&mut harness, Role::Button, "Stop the agent");
    assert!(asked(&mut harness).iter().any(|action| matches!(action, Action::StopAgent(session) if session == "s1")));
    show(&mut harness, Stage::Failed);
    assert!(harness.query_by_label("Stop the agent").is_none());
}

#[test]
fn a_film_that_is_at_home_plays_from_here_and_is_found_in_the_library() {
    let mut harness = begun(Stage::Completed);
    let done = Job {
        product: Product::VideoAgent,
        remote_id: Some("s1@v1".to_owned()),
        files: ResultFiles { video: Some("/films/tea.mp4".into()), ..ResultFiles::default() },
        ..fixtures::job(7)
    };
    let id = done.id;
    harness.state_mut().model.board = fixtures::board(vec![done]);
    harness.run_steps(3);
    asked(&mut harness);
    click(&mut harness, Role::Button, "Play the video");
    let opened = asked(&mut harness);
    assert!(
        matches!(opened.as_slice(), [Action::OpenFile(path)] if path == std::path::Path::new("/films/tea.mp4")),
        "{opened:?}"
    );
    click(&mut harness, Role::Button, "Show the video in the Library");
    assert!(matches!(asked(&mut harness).as_slice(), [Action::ShowJob(shown)] if *shown == id));
}

#[test]
fn an_answer_is_paid_from_what_is_held_for_the_question() {
    let mut harness = begun(Stage::WaitingForInput);
    let held = Usd::from_cents(150);
    let question = Job { hold: held, ..job(Progress::NeedsPerson) };
    let board = Board { held, jobs: vec![Arc::new(question)], ..Board::default() };
    harness.state_mut().model.board = Arc::new(board);
    let nothing_yet = Chat { videos: Vec::new(), ..chat(Stage::WaitingForInput) };
    harness.state_mut().model.agent.chat.value = Some(Arc::new(nothing_yet));
    type_in(&mut harness, "Message", "For beginners.");
    // $21.47 less the $1.00 that is likely: the $1.50 of the question come back.
    assert!(harness.query_by_label_contains("$20.47").is_some());
}

#[test]
fn styles_are_found_by_name_and_by_tag() {
    let mut harness = open();
    assert!(harness.query_by_label("Search styles").is_none(), "two need no search");
    let named = |name: String, tag: &str| AgentStyle {
        id: name.to_lowercase(),
        name,
        tags: vec![tag.to_owned()],
        ..AgentStyle::default()
    };
    let mut styles: Vec<_> = (0..8).map(|number| named(format!("Style {number}"), "calm")).collect();
    styles.push(named("Whiteboard".to_owned(), "teaching"));
    harness.state_mut().model.agent.styles = Loaded { value: Some(Arc::new(styles)), ..Loaded::default() };
    harness.run_steps(3);
    assert!(harness.query_by_label("Whiteboard").is_none(), "it is out of sight");
    harness.get_by_label("Search styles").focus();
    harness.run_steps(2);
    harness.get_by_label("Search styles").type_text("teach");
    harness.run_steps(3);
    assert!(harness.query_by_label("Style 0").is_none());
    click(&mut harness, Role::Button, "Whiteboard");
    assert_eq!(
        harness.state().state.video_agent.form.draft.style.as_ref().map(|style| style.name.as_str()),
        Some("Whiteboard")
    );
}

#[test]
fn too_many_files_are_marked_and_all_of_them_can_go_and_come_back() {
    let mut harness = open();
    let place = Place::new(Product::VideoAgent, Field::Reference(0));
    for number in 0..22 {
        let file = LocalFile {
            path: format!("/in/{number}.png").into(),
            size: 10,
            media_type: Some("image/png".to_owned()),
            ..LocalFile::default()
        };
        harness.state_mut().state.receive(Message::FileReady { place, file });
    }
    harness.run_steps(4);
    let files = |harness: &Harness<'_, Bench>| harness.state().state.video_agent.form.draft.files.len();
    assert!(harness.query_by_label("22 files are given; 20 is the most. Remove 2.").is_some());
    click(&mut harness, Role::Button, "Remove 21.png");
    assert!(harness.query_by_label("21 files are given; 20 is the most. Remove 1.").is_some());
    click(&mut harness, Role::Link, "Remove all files for the agent");
    assert_eq!(files(&harness), 0);
    click(&mut harness, Role::Link, "Put back 21 files");
    assert_eq!(files(&harness), 21);
}

#[test]
fn a_message_that_has_not_left_stands_in_the_conversation_with_the_reason() {
    let mut harness = begun(Stage::Completed);
    let mut message = VideoAgentDraft::default().message_in("s1");
    message.prompt = "More light.".to_owned();
    let json: Arc<str> = Draft::from(message).to_json().unwrap().into();
    let held = Job { state: JobState::Held, remote_id: None, draft: json, ..job(Progress::None) };
    let id = held.id;
    let paused = Board { paused: Some(Pause::WalletTooSmall), ..Board::default() };
    harness.state_mut().model.board = Arc::new(Board { jobs: vec![Arc::new(held.clone())], ..paused });
    harness.run_steps(3);
    assert!(harness.query_by_label("You: More light.").is_some());
    assert!(harness.query_by_label_contains("not sent: ").is_some());
    assert_eq!(button(&harness), "Your last message has not left yet");
    asked(&mut harness);
    click(&mut harness, Role::Link, "Cancel the message");
    assert!(matches!(asked(&mut harness).as_slice(), [Action::Cancel(cancelled)] if *cancelled == id));

    harness.state_mut().state.video_agent.form.last = vec![id];
    harness.state_mut().model.board = fixtures::board(vec![Job { state: JobState::Cancelled, ..held }]);
    harness.run_steps(3);
    assert_eq!(button(&harness), "Write a message");
    click(&mut harness, Role::Link, "Write the message anew");
    assert!(matches!(asked(&mut harness).as_slice(), [Action::EditAgain(edited)] if *edited == id));
}

#[test]
fn an_earlier_prompt_is_used_again_while_the_field_is_empty() {
    let mut harness = open();
    assert!(harness.query_by_label("Use an earlier prompt").is_none());
    let past = |number, prompt: &str| {
        let draft = VideoAgentDraft { prompt: prompt.to_owned(), ..VideoAgentDraft::default() };
        let json: Arc<str> = Draft::from(draft).to_json().unwrap().into();
        Job { product: Product::VideoAgent, draft: json, ..fixtures::job(number) }
    };
    let mut answer = VideoAgentDraft::default().message_in("s1");
    answer.prompt = "Shorter.".to_owned();
    let answer = Job { draft: Draft::from(answer).to_json().unwrap().into(), ..past(4, "") };
    let jobs = vec![past(1, "A film about tea."), past(2, "A film about tea."), answer, past(3, "A film about salt.")];
    harness.state_mut().model.now = fixtures::NOW;
    harness.state_mut().model.board = fixtures::board(jobs);
    harness.run_steps(3);
    click(&mut harness, Role::ComboBox, "Use an earlier prompt");
    assert_eq!(harness.query_all_by_role(Role::ListBoxOption).count(), 2);
    click(&mut harness, Role::ListBoxOption, "A film about salt., 10 min ago");
    assert_eq!(written(&harness), "A film about salt.");
    assert!(harness.query_by_label("Use an earlier prompt").is_none());
}
