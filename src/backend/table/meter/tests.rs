use super::*;

#[test]
fn a_transaction_that_is_repeated_under_its_token_counts_as_the_read_that_it_is() {
    let units = ConsumedCapacity::builder().capacity_units(4.0);
    let meter = Meter::default();
    meter.written(&[units.clone().write_capacity_units(4.0).build(), units.read_capacity_units(4.0).build()]);
    assert_eq!(meter.usage(), Usage { round_trips: 0, read_units: 4.0, write_units: 4.0 });
}
