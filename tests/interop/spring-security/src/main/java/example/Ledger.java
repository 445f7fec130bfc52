package example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class Ledger {
  public static void main(String[] arguments) {
    SpringApplication.run(Ledger.class, arguments);
  }
}
