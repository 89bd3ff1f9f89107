//! Overrides, and what the keys of several tables mean together.

use crate::{load_shipped, load_with};
use pollhook::scenario::{self, Override, Scenario, load};

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

/// A default name follows the interval, and what the file says of the client follows the name.
#[test]
fn what_the_file_says_of_a_client_follows_its_name() {
    let scenario = load_with("quiet-feed", &["client.poll 60s.interval=5m"]);
    let scenario = scenario.unwrap_or_else(|problems| panic!("{problems}"));
    let original = load_with("quiet-feed", &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let renamed = |name: &str| name.replace("poll 60s", "poll 5m");
    let claimed =
        |scenario: &Scenario| scenario.expectations.iter().map(|claim| claim.client.clone()).collect();
    let (new, old): (Vec<String>, Vec<String>) = (claimed(&scenario), claimed(&original));
    assert_eq!(new, old.iter().map(|name| renamed(name)).collect::<Vec<_>>());
    let subjects =
        |scenario: &Scenario| scenario.answer.clone().map(|answer| (answer.client, answer.against));
    let (client, against) = subjects(&original).expect("an answer");
    assert_eq!(subjects(&scenario), Some((renamed(&client), against.as_deref().map(renamed))));

    let down = load_with("outage-retries", &["client.0.interval=2m"])
        .unwrap_or_else(|problems| panic!("{problems}"));
    let named =
        load_with("day", &["client.webhook.name=hook"]).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(
        !down.clients[0].outages.0.is_empty() && !named.client("hook").expect("hook").outages.0.is_empty()
    );
}

/// An override may use the name of the file or the one that the overrides before it give.
#[test]
fn a_renamed_client_has_both_names() {
    let set = ["client.poll 60s.interval=5m", "client.poll 60s.timeout=7s", "client.poll 5m.count=3"];
    let scenario = load_with("quiet-feed", &set).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(scenario.client("poll 5m").expect("the client").count, 3);
    assert_eq!(scenario.clients[0].schedule().expect("a schedule").timeout.as_secs_f64(), 7.0);
    let answer = "answer={ client = 'webhook', against = 'poll 60s' }";
    let scenario = load_with("quiet-feed", &[set[0], answer]).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(scenario.answer.expect("an answer").against.as_deref(), Some("poll 5m"));
}

/// Two clients that exchange their names keep their claims.
#[test]
fn the_name_in_the_file_comes_first() {
    let text = "[events]\narrivals = { process = 'poisson', rate = '1/s' }\n\
        [[client]]\nkind = 'poll'\ninterval = '60s'\n[[client]]\nkind = 'poll'\ninterval = '5m'\n\
        [[expect]]\nclient = 'poll 60s'\nmetric = 'requests.total'\nabove = 1\n";
    let set = ["client.poll 60s.interval=5m", "client.poll 5m.interval=60s", "client.poll 60s.count=2"];
    let set: Vec<Override> = set.iter().map(|set| set.parse().expect("PATH=VALUE")).collect();
    let scenario = load("two", text, &set).unwrap_or_else(|problems| panic!("{problems}"));
    let clients: Vec<_> =
        scenario.clients.iter().map(|client| (client.name.as_str(), client.count)).collect();
    assert_eq!(clients, [("poll 5m", 2), ("poll 60s", 1)]);
    assert_eq!(scenario.expectations[0].client, "poll 5m");
}

/// What the program itself proposes, and the most usual change, are accepted in every shipped scenario.
#[test]
fn every_shipped_scenario_takes_another_interval() {
    for shipped in scenario::shipped() {
        let scenario = load_shipped(shipped);
        for client in scenario.clients {
            let set = match client.kind.name() {
                // No cursor reconciles a webhook where events are shown out of order.
                "webhook" if scenario.source.commit_delay.constant().is_none() => "ordered=true",
                "poll" => "interval=17s",
                "long-poll" => "hold=7s",
                "sse" | "websocket" => "heartbeat=7s",
                "webhook" => "reconcile=15m",
                other => panic!("name a key of {other}"),
            };
            let set = format!("client.{}.{set}", client.name);
            if let Err(problems) = load_with(shipped.name, &[&set]) {
                panic!("{}: {set}\n{problems}", shipped.name);
            }
        }
    }
}

/// A key of another kind is the only error.
#[test]
fn a_wrong_key_of_a_client_is_one_error() {
    for set in ["client.webhook.interval=5s", "client.poll 60s.interval=5", "client.poll 60s.reconcile=1m"] {
        let problems = load_with("quiet-feed", &[set]).expect_err("a wrong key");
        assert_eq!(problems.len(), 1, "{problems}");
    }
}

#[test]
fn an_override_that_removes_the_client_of_a_claim_is_named() {
    let removed = load_with("quiet-feed", &["client=[{ kind = 'webhook' }]"]).expect_err("a removed client");
    let text = removed.to_string();
    assert!(text.contains("an override removes it") && text.contains("--set expect=[]"), "{text}");
    let set = ["client=[{ kind = 'webhook' }]", "expect=[]", "answer={client='webhook'}"];
    assert!(load_with("quiet-feed", &set).is_ok());
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
