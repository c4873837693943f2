use super::Client;

pub async fn read(client: &Client) {
    let pets = client.pets().list().await.expect("a reply");
    let _value: Option<i64> = pets[0].age;
}
