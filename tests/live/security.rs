//! Secured deliveries: really signed and verified, with the bytes that virtual time counts.

use crate::both;
use crate::machine::must_hold;
use pollhook::measure::{AttackCounts, Record, Status};
use pollhook::policy::security::Format;
use pollhook::scenario;
use pollhook::time::Span;

/// Every scheme and format, with two secrets here and there.
fn schemes() -> Vec<String> {
    let plain = [
        r#"{ scheme = "none" }"#,
        r#"{ scheme = "token", token_name = "key", secrets = 2 }"#,
        r#"{ scheme = "basic", secrets = 2 }"#,
    ];
    let signed = Format::ALL.map(|format| {
        let more = if matches!(format, Format::StandardWebhooks | Format::Stripe) {
            ", secrets = 2"
        } else if format == Format::Mailgun {
            r#", tolerance = "1m""#
        } else {
            ""
        };
        format!(r#"{{ scheme = "signature", format = "{}"{more} }}"#, format.rule().name)
    });
    plain.map(str::to_owned).into_iter().chain(signed).collect()
}

/// Each scheme with failures and retries: what is signed is accepted, and takes on the wire what virtual time counts.
#[test]
fn every_scheme_is_accepted_with_the_bytes_of_virtual_time() {
    let head = "duration = \"1500ms\"\nseed = 3\n[network]\ndelay = \"5ms\"\n\
        [events]\narrivals = { process = \"constant\", rate = \"20/s\" }\n";
    let schemes = schemes();
    let client = |number: usize| {
        format!(
            "[[client]]\nname = \"{number}\"\nkind = \"webhook\"\nretries = [\"50ms\", \"100ms\"]\n\
             endpoint = {{ failure_rate = 0.2 }}\nsecurity = {}\n",
            schemes[number]
        )
    };
    let text = (0..schemes.len()).fold(head.to_owned(), |text, number| text + &client(number));
    let scenario = scenario::load("secured", &text, &[]).unwrap();
    let both = both(&text);
    must_hold(|| {
        let plain = scenario.sizes(&scenario.clients[0]).delivery(1);
        for ((client, live), simulated) in
            scenario.clients.iter().zip(&both.live.records).zip(&both.simulated)
        {
            let statuses = |record: &Record| record.requests.by_status().into_keys().collect::<Vec<_>>();
            assert_eq!(statuses(live), [Status::Http(200), Status::Http(500)], "{}", client.name);
            assert_eq!(statuses(simulated), statuses(live));
            let sizes = scenario.sizes(client);
            let added = client.webhook().unwrap().security.added();
            for record in [live, simulated] {
                let requests = &record.requests;
                assert!(requests.retries > 2, "{requests:?}");
                assert_eq!(requests.bytes_to_client, requests.total() * sizes.delivery(1), "{}", client.name);
            }
            let own = if client.name == "3" {
                "webhook-id: evt_0000000001\r\nwebhook-timestamp: 1234567890\r\n".len()
            } else {
                0
            };
            assert_eq!(
                sizes.delivery(1) - plain + own as u64,
                added.url + added.head + added.body,
                "{}",
                client.name
            );
        }
    });
}

/// A delivery that is longer on its way than its signature is valid is refused, in both engines alike.
#[test]
fn an_old_signature_is_refused_as_in_virtual_time() {
    let both = both(
        "duration = \"1s\"\nseed = 3\n[network]\nto_client = \"2500ms\"\n\
         [events]\narrivals = { process = \"constant\", rate = \"5/s\" }\n\
         [[client]]\nkind = \"webhook\"\nretries = []\nsecurity = { scheme = \"signature\", tolerance = \"1s\" }\n",
    );
    for record in [&both.live.records[0], &both.simulated[0]] {
        assert!(record.receipts.iter().all(|receipt| receipt.by.is_none()), "{record:?}");
        assert_eq!(record.requests.by_status().into_keys().collect::<Vec<_>>(), [Status::Http(401)]);
    }
}

/// Every scheme against every attack: what really got in, and with which status the rest was answered, is what virtual
/// time says.
#[test]
fn every_attack_fares_as_in_virtual_time() {
    let mut text = "duration = \"3500ms\"\nseed = 3\n[network]\ndelay = \"5ms\"\n\
        [events]\narrivals = { process = \"constant\", rate = \"20/s\" }\n"
        .to_owned();
    let with = [
        r#"{ scheme = "signature", replay = "accept" }"#,
        r#"{ scheme = "signature", tolerance = "1s", replay = "accept" }"#,
        r#"{ scheme = "signature", format = "stripe", tolerance = "1s" }"#,
        r#"{ scheme = "signature", format = "mailgun", tolerance = "none", replay = "accept" }"#,
        r#"{ scheme = "none", https = true }"#,
        r#"{ scheme = "token", https = true }"#,
        r#"{ scheme = "basic", https = true }"#,
        r#"{ scheme = "signature", https = true }"#,
        r#"{ scheme = "signature", format = "twilio", https = true }"#,
        r#"{ scheme = "signature", format = "mailgun", replay = "accept", https = true }"#,
    ];
    for (number, security) in schemes().into_iter().chain(with.map(str::to_owned)).enumerate() {
        text += &format!("[[client]]\nname = \"{number}\"\nkind = \"webhook\"\nsecurity = {security}\n");
    }
    for kind in ["forge", "tamper", "oversize", "slow", "eavesdrop-forge", "replay"] {
        text += &format!("[[attack]]\nclient = \"*\"\nkind = \"{kind}\"\nrate = \"1/s\"\n");
    }
    text += "[[attack]]\nclient = \"*\"\nkind = \"replay\"\nafter = \"2500ms\"\nrate = \"1/s\"\n\
        [[outage]]\nclient = \"0\"\nfrom = \"1900ms\"\nfor = \"200ms\"\n";
    let both = both(&text);
    // The attacker waits out the outage of the first.
    let often = |number: usize| if number == 0 { 2 } else { 3 };
    let mut got_in = Vec::new();
    let deadline = Span::from_secs(10);
    for (number, (live, simulated)) in both.live.records.iter().zip(&both.simulated).enumerate() {
        // Time apart, what each request cost is the same to the byte.
        let counted = |record: &Record| {
            let of = |attack: &AttackCounts| AttackCounts { held: Span::ZERO, ..attack.clone() };
            record.attacks.iter().map(of).collect::<Vec<_>>()
        };
        assert_eq!(counted(live), counted(simulated), "{number}");
        let [slow_live, slow] = [live, simulated].map(|record| record.attacks[3].held);
        assert!(slow == deadline * often(number) as i64 && slow_live >= slow, "{slow_live:?}");
        let sent: Vec<u64> = live.attacks.iter().map(AttackCounts::sent).collect();
        let often = often(number);
        assert_eq!(sent, [often, often, often, often, often, often, 1], "{number}");
        let accepted = live.attacks.iter().map(|attack| if attack.accepted() > 0 { 'x' } else { '.' });
        got_in.push(accepted.collect::<String>());
        let failed = number > 0 && live.requests.failed > 0;
        assert!(live.sent == live.ended && !failed, "nothing of the run changes");
    }
    // forge, tamper, oversize, slow, eavesdrop-forge, replay at once, replay 2.5 s later
    let expected = [
        "xx..xxx", ".x..xxx", ".x..xxx", ".......", ".....xx", ".....xx", ".....xx", ".....xx", ".....xx",
        ".....xx", ".....xx", ".....xx", ".......", ".....xx", ".....xx", ".....xx", ".....xx", ".....x.",
        ".....x.", ".x..xxx", "xx..xxx", ".x...xx", ".x...xx", ".......", ".....xx", ".x...xx",
    ];
    assert_eq!(got_in, expected);
}

/// Recorded lists, notices and XML cost what they were long, and what is too long for a list is longer than any list.
#[test]
fn an_attack_on_lists_and_notices_costs_as_in_virtual_time() {
    let mut text = "duration = \"2500ms\"\nseed = 3\n[events]\n\
        arrivals = { process = \"constant\", rate = \"20/s\" }\npayload = { format = \"xml\" }\n"
        .to_owned();
    for more in [r#"batch = { kind = "window", wait = "300ms", max = 5 }"#, "thin = true"] {
        text += &format!(
            "[[client]]\nname = \"{}\"\nkind = \"webhook\"\nsecurity = {{ scheme = \"token\" }}\n{more}\n",
            more.len()
        );
    }
    for kind in ["replay", "oversize", "forge"] {
        text += &format!("[[attack]]\nclient = \"*\"\nkind = \"{kind}\"\nrate = \"1/s\"\n");
    }
    let both = both(&text);
    must_hold(|| {
        for (live, simulated) in both.live.records.iter().zip(&both.simulated) {
            for (live, simulated) in live.attacks.iter().zip(&simulated.attacks) {
                assert_eq!((live.taken_in, live.sent_out), (simulated.taken_in, simulated.sent_out));
                assert!(live.sent() == 2 && live.taken_in > 0);
            }
        }
    });
}

#[cfg(target_os = "linux")]
mod strangers {
    use crate::api::{ask_with, visiting_of};
    use crate::hostile::ports_of_the_parties;
    use crate::options;
    use std::time::Duration;

    /// A process that finds the URL of an endpoint needs its secret.
    #[test]
    fn an_unsigned_delivery_is_refused_and_counted_apart() {
        let text = "duration = \"1s\"\nseed = 3\n\
            [events]\narrivals = { process = \"constant\", rate = \"5/s\" }\n\
            [[client]]\nkind = \"webhook\"\nsecurity = { scheme = \"signature\" }\n";
        let run = visiting_of(text, options(), |source| {
            std::thread::sleep(Duration::from_millis(400));
            let answers: Vec<(u16, String)> = ports_of_the_parties(source)
                .into_iter()
                .map(|party| ask_with(party, "POST /hooks/00000000\n\n{}", "host: localhost\r\n"))
                .collect();
            let (_, refused) = answers.iter().find(|(status, _)| *status == 401).expect("an endpoint");
            assert!(
                refused.contains("application/problem+json") && refused.contains("is missing"),
                "{refused}"
            );
        })
        .unwrap();
        assert!(run.foreign >= 1, "{}", run.foreign);
        assert_eq!(run.records[0].requests.failed, 0);
    }
}
