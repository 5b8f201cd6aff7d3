package io.kurir;

/** The command line of Kurir. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.out.println("kurir");
    }
}
