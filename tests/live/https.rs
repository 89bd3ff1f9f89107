//! Deliveries over TLS: with the figures of plain HTTP where the certificate is right, and refused where it is not.

use crate::machine::must_hold;
use crate::{both, both_with, options};
use pollhook::live::{Certificate, Options};
use pollhook::measure::{Record, Status};

fn hooks(securities: &[&str]) -> String {
    let head = "duration = \"1500ms\"\nseed = 3\n[network]\ndelay = \"5ms\"\n\
        [events]\narrivals = { process = \"constant\", rate = \"20/s\" }\n";
    securities.iter().enumerate().fold(head.to_owned(), |text, (number, security)| {
        text + &format!(
            "[[client]]\nname = \"{number}\"\nkind = \"webhook\"\nretries = [\"50ms\", \"100ms\"]\n\
             endpoint = {{ failure_rate = 0.2 }}\nsecurity = {{ {security} }}\n"
        )
    })
}

/// What is counted is HTTP, so TLS changes no byte, and a signed URL has its scheme on both sides.
#[test]
fn what_goes_over_tls_is_counted_as_http() {
    let schemes = [
        "scheme = \"none\"",
        "scheme = \"token\"",
        "scheme = \"basic\", secrets = 2",
        "scheme = \"signature\", secrets = 2",
        "scheme = \"signature\", format = \"twilio\"",
        "scheme = \"signature\", format = \"square\"",
    ];
    let secure = schemes.map(|scheme| format!("{scheme}, https = true"));
    let all: Vec<&str> = schemes.into_iter().chain(secure.iter().map(String::as_str)).collect();
    let both = both(&hooks(&all));
    must_hold(|| {
        let records = &both.live.records;
        for (plain, secure) in records[..schemes.len()].iter().zip(&records[schemes.len()..]) {
            let statuses = |record: &Record| record.requests.by_status().into_keys().collect::<Vec<_>>();
            assert_eq!(statuses(secure), [Status::Http(200), Status::Http(500)]);
            assert_eq!(secure.requests.bytes_to_client, plain.requests.bytes_to_client);
            assert_eq!(secure.requests.bytes_to_source, plain.requests.bytes_to_source);
        }
        for (live, simulated) in records.iter().zip(&both.simulated) {
            assert_eq!(live.requests.total(), simulated.requests.total());
            assert_eq!(live.requests.bytes_to_client, simulated.requests.bytes_to_client);
            assert_eq!(live.requests.bytes_to_source, simulated.requests.bytes_to_source);
        }
    });
}

/// Each attempt fails before a byte of HTTP is sent, and the run goes on.
#[test]
fn a_wrong_certificate_is_refused_and_nothing_is_sent() {
    let text = hooks(&["scheme = \"none\"", "scheme = \"none\", https = true"]);
    for certificate in [Certificate::Expired, Certificate::OfAnotherName, Certificate::OfAnotherAuthority] {
        let both = both_with(&text, &Options { certificate, ..options() });
        must_hold(|| {
            let [plain, secure] = &both.live.records[..] else { panic!("two clients") };
            assert!(plain.receipts.iter().all(|receipt| receipt.by.is_some()), "{certificate:?}");
            assert!(secure.receipts.iter().all(|receipt| receipt.by.is_none()), "{certificate:?}");
            let requests = &secure.requests;
            let by_status = requests.by_status();
            assert_eq!(by_status.keys().collect::<Vec<_>>(), [&Status::Refused], "{certificate:?}");
            // Each event is sent three times.
            assert_eq!(secure.sent, 3 * both.events.occurred().len() as u64, "{certificate:?}");
            assert_eq!((requests.bytes_to_client, requests.bytes_to_source), (0, 0), "{certificate:?}");
        });
    }
}

/// Who does not speak TLS gets no answer, and costs the run nothing.
#[cfg(target_os = "linux")]
#[test]
fn plain_http_to_an_endpoint_with_tls_is_not_answered() {
    use crate::api::visiting_of;
    use crate::hostile::ports_of_the_parties;
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;
    use std::time::Duration;

    let text = "duration = \"1s\"\nseed = 3\n\
        [events]\narrivals = { process = \"constant\", rate = \"5/s\" }\n\
        [[client]]\nkind = \"webhook\"\nsecurity = { scheme = \"none\", https = true }\n";
    let run = visiting_of(text, options(), |source| {
        std::thread::sleep(Duration::from_millis(300));
        let answers = ports_of_the_parties(source).into_iter().map(|party| {
            let mut stream = TcpStream::connect(party).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            stream
                .write_all(b"POST /hooks/00000000 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
            let mut start = [0; 5];
            stream.read_exact(&mut start).map(|()| start)
        });
        let answers: Vec<_> = answers.collect();
        // The source of the client answers; its endpoint sends an alert of TLS, or nothing.
        assert!(answers.iter().any(|answer| matches!(answer, Ok(start) if start == b"HTTP/")), "{answers:?}");
        assert!(
            answers.iter().any(|answer| !matches!(answer, Ok(start) if start == b"HTTP/")),
            "{answers:?}"
        );
    })
    .unwrap();
    assert_eq!(run.records[0].requests.failed, 0);
}
