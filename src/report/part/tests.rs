//! A part that was written reads back, and one that is not whole is told from it.

use super::*;
use crate::sim::RunOptions;
use crate::study::{self, run_shard};
use proptest::prelude::*;

/// A small scenario with all that adds up: failures, retries, attacks, several members, many latencies.
fn scenario(replications: u32, rate: u32, seed: u64) -> Scenario {
    let text = format!(
        "duration = \"1h\"\nwarmup = \"5m\"\nseed = {seed}\nreplications = {replications}\n[events]\n\
         arrivals = {{ process = \"poisson\", rate = \"{rate}/h\" }}\n[network]\nloss = 0.1\n\
         delay = {{ distribution = \"exponential\", mean = \"80ms\" }}\n\
         [[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"60s\"\n\
         [[client]]\nname = \"hook\"\nkind = \"webhook\"\ncount = 3\nretries = [\"5s\", \"5m\"]\n\
         endpoint = {{ failure_rate = 0.2 }}\nsecurity = {{ scheme = \"signature\" }}\n\
         [[client]]\nname = \"stream\"\nkind = \"sse\"\n\
         [[attack]]\nclient = \"hook\"\nkind = \"forge\"\nrate = \"1/m\"\n"
    );
    crate::scenario::load("parts", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn part(scenario: &Scenario, shard: Shard) -> Vec<u8> {
    let mut writer = Writer::begin(Vec::new(), &Head::of_run(scenario, shard)).unwrap();
    let whole = run_shard(scenario, shard, RunOptions::TO_THE_END, || (), |tally| writer.add(&tally));
    assert!(whole.unwrap());
    writer.end().unwrap()
}

fn parts(scenario: &Scenario, of: u32) -> Vec<Vec<u8>> {
    (1..=of).map(|number| part(scenario, Shard::new(number, of).unwrap())).collect()
}

/// The files of the report that the parts make together.
fn merged(scenario: &Scenario, parts: &[Vec<u8>]) -> Vec<crate::report::File> {
    let mut readers: Vec<_> = parts.iter().map(|part| tallies(&part[..]).unwrap()).collect();
    let of = readers.len();
    let next = (0..scenario.replications as usize).map(|number| readers[number % of].next().unwrap());
    let results = study::merge(scenario, 0, RunOptions::TO_THE_END, false, next).unwrap();
    crate::report::files(&results, false).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever the seed, the number of parts and how many latencies there are.
    #[test]
    fn all_parts_make_the_bytes_of_the_run(
        seed in 0_u64..1000, replications in 1_u32..9, of in 1_u32..5, many in any::<bool>(),
    ) {
        let of = of.min(replications);
        let scenario = scenario(replications, if many { 9000 } else { 60 }, seed);
        let whole = study::run(&scenario, RunOptions::TO_THE_END, false, || ()).unwrap();
        let whole = crate::report::files(&whole, false).unwrap();
        let merged = merged(&scenario, &parts(&scenario, of));
        for ((name, expected), (other, found)) in whole.iter().zip(&merged) {
            prop_assert_eq!(name, other);
            prop_assert!(expected == found, "{} differs", name);
        }
        prop_assert_eq!(whole.len(), merged.len());
    }
}

#[test]
fn a_part_says_what_it_is_of() {
    let scenario = scenario(4, 60, 7);
    let shard = Shard::new(2, 3).unwrap();
    let bytes = part(&scenario, shard);
    assert_eq!(bytes, part(&scenario, shard), "the same bytes each time");
    assert_eq!(check(&bytes[..]).unwrap(), Head::of_run(&scenario, shard));
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap();
    let told: serde_json::Value = serde_json::from_slice(line).unwrap();
    assert_eq!((&told["name"], &told["shard"]["number"]), (&"parts".into(), &2.into()));
}

/// Wherever it ends, and whichever byte is another one.
#[test]
fn a_part_that_is_not_whole_is_refused() {
    let bytes = part(&scenario(2, 5, 7), Shard::new(1, 2).unwrap());
    for length in (0..bytes.len()).step_by(7).chain(bytes.len() - 40..bytes.len()) {
        let error = check(&bytes[..length]).expect_err("it is cut off");
        assert!(matches!(error, PartError::CutOff | PartError::NoPart), "{length}: {error}");
        assert!(length < 30 || matches!(error, PartError::CutOff), "{length}: {error}");
    }
    for at in (0..bytes.len()).step_by(5) {
        let mut other = bytes.clone();
        other[at] ^= 1;
        assert!(check(&other[..]).is_err(), "byte {at} may be any");
    }
    let longer = [&bytes[..], b"x"].concat();
    assert!(matches!(check(&longer[..]), Err(PartError::Damaged)));
    assert!(matches!(check(&b"{\"schema\": 1}\n"[..]), Err(PartError::NoPart)));
}

#[test]
fn parts_that_are_not_one_run_are_named() {
    let head =
        |of: u32, number: u32, scenario: &Scenario| Head::of_run(scenario, Shard::new(number, of).unwrap());
    let (own, seed) = (scenario(9, 60, 7), scenario(9, 60, 8));
    let named = |heads: &[Head]| -> Vec<(String, Head)> {
        heads.iter().enumerate().map(|(index, head)| (format!("{index}.part"), head.clone())).collect()
    };
    let said = |heads: &[Head]| complete(&named(heads)).map_err(|error| error.to_string());
    assert_eq!(said(&[head(3, 3, &own), head(3, 1, &own), head(3, 2, &own)]), Ok(vec![1, 2, 0]));
    let missing = said(&[head(3, 2, &own)]).unwrap_err();
    assert_eq!(missing, "part 1/3, 3/3 are missing; nothing is merged until all are there");
    let doubled = said(&[head(2, 1, &own), head(2, 2, &own), head(2, 1, &own)]).unwrap_err();
    assert_eq!(doubled, "part 1/2 is there twice, in 0.part and in 2.part; leave one out");
    let other = said(&[head(2, 1, &own), head(2, 2, &seed)]).unwrap_err();
    assert_eq!(other, "1.part is not of the same whole as 0.part: its seed is 8, not 7");
    let other = said(&[head(2, 1, &own), head(3, 2, &own)]).unwrap_err();
    assert!(other.ends_with("it is one of 3 parts, not 2"), "{other}");
    assert!(said(&[]).is_err());
}

/// The results at all settings, and nothing else, are a sweep; whatever the heads say.
#[test]
fn settings_that_are_missing_doubled_or_other_ones_are_no_sweep() {
    let text = "client.poll.interval=20s,40s,60s".parse().unwrap();
    let grid = crate::sweep::Grid::new(vec![text]).unwrap();
    let base = scenario(2, 60, 7);
    let settings: Vec<Scenario> = [20, 40, 60].map(|seed| scenario(2, 60, seed)).to_vec();
    let swept = Swept::of(&grid, &crate::sweep::Asked::default(), &settings);
    let ran = crate::sweep::run(settings.iter().collect(), RunOptions::TO_THE_END, || ());
    let all: Vec<_> = ran.into_iter().map(Option::unwrap).enumerate().collect();
    let shard = Shard::new(1, 1).unwrap();
    let mut writer = Writer::begin(Vec::new(), &Head::of_sweep(&base, shard, swept.clone())).unwrap();
    all.iter().for_each(|(place, ran)| writer.add_point(*place, ran).unwrap());
    let bytes = writer.end().unwrap();
    assert_eq!(check(&bytes[..]).unwrap().sweep.as_ref(), Some(&swept));
    let read = points(&bytes[..]).unwrap();
    for ((place, ran), (own, expected)) in read.iter().zip(&all) {
        assert_eq!((place, &ran.summary), (own, &expected.summary));
        assert!(ran.rows.rows().eq(expected.rows.rows()));
    }
    let refused = |points: Vec<_>| swept.together(points).unwrap_err();
    assert!(swept.together(all.clone()).is_ok());
    assert_eq!(refused(all[..2].to_vec()), "setting 3 is in no part");
    assert!(refused([&all[..], &all[..1]].concat()).contains("belongs to another one"));
    let mut swapped = all;
    (swapped[0].0, swapped[1].0) = (1, 0);
    assert!(refused(swapped).contains("other settings than the parts say"));
}
