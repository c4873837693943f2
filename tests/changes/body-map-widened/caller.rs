use super::Client;

pub fn call(client: &Client) {
    let rates: lockstep_runtime::Map<i64> = Default::default();
    let _request = client.goods().add("a").rates(rates);
}
