//! Overrides, and what the keys of several tables mean together.

use crate::load_with;
use pollhook::scenario;

#[test]
fn an_override_takes_effect() {
    let set = [
        "seed=7",
        "events.arrivals.rate=5/s",
        "client.poll 60s.interval=5s",
        "outage.1.for=1h",
        "source.capacity=4",
    ];
    let scenario = load_with("day", &set).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!((scenario.seed, scenario.source.capacity), (7, 4));
    assert_eq!(scenario.events.arrivals.rate_per_s(), 5.0);
    let outage = scenario.client("webhook").expect("the client").outages.0[0];
    assert_eq!((outage.until - outage.from).as_secs_f64(), 3600.0);
}

#[test]
fn an_error_of_an_override_is_reported_at_the_override() {
    let set = [
        "evnts.arrivals.rate=5/s",
        "events.arrivals.rate=0/s",
        "client.webhok.deadline=5s",
        "client.poll 60s.intervall=5s",
        "client.webhook.endpoint.queue=lots",
        "outage.3.for=1h",
        "duration.hours=3",
    ];
    let problems = load_with("day", &set).expect_err("bad overrides");
    insta::assert_snapshot!("overrides", problems.shown_as("scenarios/day.toml").render(false));
}

#[test]
fn an_override_that_removes_the_client_of_a_claim_is_named() {
    let renamed = load_with("quiet-feed", &["client.poll 60s.interval=5s"]).expect_err("a renamed client");
    let text = renamed.to_string();
    assert!(text.contains("no client is called \"poll 60s\"") && text.contains("--set expect=[]"), "{text}");
    let back = "client.0.name=poll 60s";
    assert!(
        text.contains(&format!("renames it to \"poll 5s\": restore the name with --set \"{back}\"")),
        "{text}"
    );
    assert!(load_with("quiet-feed", &["client.poll 60s.interval=5s", back]).is_ok());
    assert!(
        load_with("quiet-feed", &["client.poll 60s.interval=5s", "expect=[]", "answer={client='webhook'}"])
            .is_ok()
    );
    let removed = load_with("quiet-feed", &["client=[{ kind = 'webhook' }]"]).expect_err("a removed client");
    assert!(removed.to_string().contains("an override removes it"), "{removed}");
}

#[test]
fn an_override_that_makes_a_claim_meaningless_is_named() {
    let poll = "client.0={ name = 'works, then answers', kind = 'poll', interval = '1s' }";
    let text = load_with("burst", &[poll]).expect_err("attempts of a poller").to_string();
    for metric in ["attempts.total", "events.duplicates", "attempts.gave_up"] {
        let what =
            format!("`{metric}` has no meaning for \"works, then answers\", which is of kind \"poll\"");
        assert!(text.contains(&what) && text.contains("--set expect=[]"), "{text}");
    }
    assert!(!text.contains("`events.lost`"), "a poller may lose nothing, but the claim is one: {text}");
    assert!(load_with("burst", &[poll, "expect=[]"]).is_ok());
}

#[test]
fn an_outage_is_of_one_client_of_several_or_of_all() {
    let outages = ["outage=[{ client = '*', from = '1h', for = '1m' }, \
         { client = ['webhook', 'poll 60s', 'webhook'], from = '2h', for = '1m' }, \
         { client = 'webhook', from = '3h', for = '1m' }]"];
    let scenario = load_with("day", &outages).unwrap_or_else(|problems| panic!("{problems}"));
    let times: Vec<usize> = scenario.clients.iter().map(|client| client.outages.0.len()).collect();
    assert_eq!(times, [2, 3, 1]);
}

#[test]
fn an_answer_names_a_client_another_and_a_figure() {
    let load = |answer: &str| load_with("quiet-feed", &[answer]);
    let whole = load("answer={ client = 'webhook', against = 'poll 60s', metric = 'requests.per_event' }");
    let whole = whole.unwrap_or_else(|problems| panic!("{problems}")).answer.expect("an answer");
    assert_eq!(whole.against.as_deref(), Some("poll 60s"));
    assert_eq!(whole.metric.as_deref(), Some("requests.per_event"));
    let least = load("answer={ client = 'webhook' }").unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(least.answer.expect("an answer").against, None);
    assert!(load("answer={ against = 'webhook' }").is_err(), "an answer is about a client");
    let yes =
        load("answer={ client = 'webhook', against = 'poll 60s', metric = 'bytes.total', yes_if = 'below' }");
    let yes = yes.unwrap_or_else(|problems| panic!("{problems}")).answer.expect("an answer");
    assert_eq!(yes.yes_if, Some(scenario::Relation::Below));
    for alone in ["metric = 'bytes.total'", "against = 'poll 60s'"] {
        let refused = load(&format!("answer={{ client = 'webhook', {alone}, yes_if = 'above' }}"));
        let problems = refused.expect_err("yes is said of a figure of two clients").to_string();
        assert!(problems.contains("`yes_if` compares a figure of two clients"), "{problems}");
    }
}

#[test]
fn a_specific_key_takes_precedence_over_a_general_one_of_the_same_table() {
    let set = [
        "network.to_source=1s",
        "network.loss_to_client=0.5",
        "client.poll 60s.network={ delay = '3s', loss = 0.1 }",
    ];
    let scenario = load_with("break-even", &set).unwrap_or_else(|problems| panic!("{problems}"));
    let legs = |name: &str| {
        let network = &scenario.client(name).expect("the client").network;
        let leg = |leg: &scenario::LinkConfig| (leg.delay.mean_s(), leg.loss);
        (leg(&network.to_source), leg(&network.to_client))
    };
    assert_eq!(legs("poll 60s"), ((3.0, 0.1), (3.0, 0.1)));
    assert_eq!(legs("webhook"), ((1.0, 0.0), (0.02, 0.5)));
}
