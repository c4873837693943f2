use super::Client;

pub async fn call(client: &Client) -> lockstep_runtime::Result<usize> {
    Ok(client.goods().get().await?.len())
}
